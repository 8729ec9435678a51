// SPDX-License-Identifier: Apache-2.0

public import PrompterTensor

/// A decoder that takes one token at a time and keeps the keys and values of those before it.
///
/// It belongs to one thread.
public protocol Decoding: AnyObject {
  /// The logits of each row's next token [rows, vocabulary]; -∞ for one that may not come next.
  var logits: Tensor { get }

  /// log Σ exp of each row's logits as the model gave them.
  ///
  /// A token's log-probability is its logit less this: that a decoder rules out some tokens does
  /// not make the others likelier.
  var logSums: [Float] { get }

  /// Takes one more token for each row.
  ///
  /// Rows may end, change places or branch: row r of the logits that follow continues row
  /// `rows[r]` of those before with `tokens[r]`. Rows that no entry names are forgotten.
  func advance(_ tokens: [Int32], of rows: [Int])
}

extension Decoding {
  /// Those of ``logits``, where no token is ruled out.
  public var logSums: [Float] { PrompterCore.logSums(of: logits) }
}
