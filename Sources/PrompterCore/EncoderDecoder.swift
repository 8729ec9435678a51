// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterNN
public import PrompterTensor

/// A pretrained model that reads a text and writes another.
///
/// As a ``Backbone`` it is its encoder. What it writes is conditioned on a *memory*: the hidden
/// states of all slots of a ``Batch``, virtual tokens included, with the batch's offsets.
///
/// ```swift
/// let memory = model.hiddenStates(
///   of: batch, prompts: state, reading: .all, dropout: 0, in: pass)
/// let logits = model.logits(
///   of: targets, memory: memory, memoryOffsets: batch.offsets, prompts: state, dropout: 0,
///   in: pass)
/// ```
public protocol EncoderDecoder: Backbone {
  /// The number of layers of the decoder.
  var decoderLayerCount: Int { get }
  /// The token that decoding begins with.
  var startTokenID: Int32 { get }
  /// The token that ends a text.
  var endTokenID: Int32 { get }

  /// The logits of the token that follows each token of the targets.
  ///
  /// - Parameters:
  ///   - targets: What the decoder reads, and which encoder row each of its rows sees.
  ///   - memory: The encoder's states [slots, width].
  ///   - memoryOffsets: Encoder row r owns states memoryOffsets[r] ..< memoryOffsets[r + 1].
  ///   - prompts: The prompts that the rows name; of these the decoder's vectors are used.
  ///   - dropout: The probability of dropping values inside the decoder, in training.
  ///   - pass: The tape and its dropout.
  /// - Returns: [``TargetBatch/textSlots``, vocabulary].
  func logits(
    of targets: TargetBatch, memory: Variable, memoryOffsets: [Int32], prompts: PromptState,
    dropout: Float, in pass: Pass
  ) -> Variable

  /// Begins to write: takes in all slots of the targets at once.
  ///
  /// - Parameters:
  ///   - targets: What each row begins with: the start token, a decoder prompt before it if there
  ///     is one, and any tokens that the answer must begin with.
  ///   - memory: The encoder's states [slots, width].
  ///   - memoryOffsets: Encoder row r owns states memoryOffsets[r] ..< memoryOffsets[r + 1].
  ///   - prompts: The prompts that the rows name.
  /// - Returns: A decoder whose logits are those after each row's last token.
  func decoder(
    of targets: TargetBatch, memory: Tensor, memoryOffsets: [Int32], prompts: PromptState
  ) -> any Decoding
}

extension Backbone {
  /// The number of layers of a stack: none of a decoder's that there is not.
  public func layerCount(of stack: PromptStack) -> Int {
    switch stack {
    case .encoder: layerCount
    case .decoder: (self as? any EncoderDecoder)?.decoderLayerCount ?? 0
    }
  }
}

/// A decoder that takes one token at a time and keeps the keys and values of those before it.
///
/// It belongs to one thread.
public protocol Decoding: AnyObject {
  /// The logits of each row's next token [rows, vocabulary]; -∞ for one that may not come next.
  var logits: Tensor { get }

  /// log Σ exp of each row's logits as the model gave them.
  ///
  /// A token's log-probability is its logit less this: that a decoder rules out some tokens does not
  /// make the others likelier.
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
