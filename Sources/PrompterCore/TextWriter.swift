// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterNN

/// A pretrained model that writes a text after each row of a batch.
///
/// How a row's text reaches what is written is the model's own matter: an encoder's states that a
/// decoder attends to, or the keys and values of one decoder's earlier slots. As a ``Backbone`` it
/// is what reads the rows.
///
/// ```swift
/// let logits = model.logits(of: targets, after: batch, prompts: state, dropout: 0, in: pass)
/// ```
public protocol TextWriter: Backbone {
  /// The token that decoding begins with.
  var startTokenID: Int32 { get }
  /// The token that ends a text.
  var endTokenID: Int32 { get }

  /// The logits of the token that follows each token of the targets.
  ///
  /// - Parameters:
  ///   - targets: What is written, and which of the batch's rows each of its rows follows.
  ///   - batch: The rows.
  ///   - prompts: The prompts that the rows and the targets name.
  ///   - dropout: The probability of dropping values inside the model, in training.
  ///   - pass: The tape and its dropout.
  /// - Returns: [``TargetBatch/textSlots``, vocabulary].
  /// - Complexity: Each row of the batch is read once, however many targets follow it.
  func logits(
    of targets: TargetBatch, after batch: Batch, prompts: PromptState, dropout: Float,
    in pass: Pass
  ) -> Variable

  /// Begins to write: takes in the batch, and all slots of the targets at once.
  ///
  /// - Parameters:
  ///   - targets: What each row begins with: the start token, a decoder prompt before it if there
  ///     is one, and any tokens that the answer must begin with.
  ///   - batch: The rows that the targets follow.
  ///   - prompts: The prompts that the rows and the targets name.
  /// - Returns: A decoder whose logits are those after each target's last token.
  func decoding(
    of targets: TargetBatch, after batch: Batch, prompts: PromptState
  ) -> any Decoding
}
