// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterNN
public import PrompterTensor

/// Which slots of a batch the head reads: in the last layer nothing else is computed.
public enum Reading: Sendable {
  /// Every slot.
  case all
  /// Some slots of each row, at least one, all in ascending order; one may be there several times.
  case slots([Int32])
}

/// A pretrained encoder, or what reads the rows of a ``TextWriter``.
///
/// A backbone knows nothing of methods, tasks or files of prompts: it takes slots and a
/// ``PromptState`` and gives hidden states. Its weights are immutable and may be used by any number
/// of threads.
public protocol Backbone: Sendable {
  /// The number of values in a hidden state.
  var width: Int { get }
  /// The number of values in the embedding of a word, and of a virtual token before a text.
  var embeddingWidth: Int { get }
  /// The number of values in a key, or a value, of all heads: what deep prompts are made of.
  var attentionWidth: Int { get }
  /// The number of layers that read a batch.
  var layerCount: Int { get }
  /// The number of attention heads in each layer.
  var headCount: Int { get }
  /// The number of positions that the model knows, nil where any number will do.
  var positionLimit: Int? { get }
  /// The number of segments that the model tells apart, nil where it does not look at them.
  var segmentLimit: Int? { get }
  /// The number of tokens that the model knows.
  var vocabularyCount: Int { get }
  /// The dropout that the checkpoint was trained with.
  var trainedDropout: Float { get }
  /// Whether there is a trained layer between [CLS] and a head.
  var hasPooler: Bool { get }
  /// The number of layers of a stack: none of a decoder's that there is not.
  func layerCount(of stack: PromptStack) -> Int

  /// All weights, trained or frozen, those of the masked-language-model head aside.
  var parameters: [Parameter] { get }

  /// A frozen weight with a value that is not finite, if what was computed so far has met one.
  ///
  /// - Complexity: O(weights), not values, as long as there is none.
  var unusableWeight: UnusableWeight? { get }

  /// What goes into the first layer: a vector for each slot.
  ///
  /// - Parameters:
  ///   - batch: The rows.
  ///   - prompts: The prompts that the rows name.
  ///   - dropout: The probability of dropping values inside the backbone, in training.
  ///   - pass: The tape and its dropout.
  /// - Returns: [slots, width].
  func embeddings(
    of batch: Batch, prompts: PromptState, dropout: Float, in pass: Pass
  ) -> Variable

  /// What some layers make of the states that go into the first of them.
  ///
  /// - Parameters:
  ///   - layers: The layers, consecutive ones.
  ///   - states: What goes in [slots, width].
  ///   - batch: The rows.
  ///   - prompts: The prompts that the rows name.
  ///   - reading: Which slots are wanted.
  ///   - dropout: The probability of dropping values inside the backbone, in training.
  ///   - pass: The tape and its dropout.
  /// - Returns: [slots wanted, width].
  func hiddenStates(
    through layers: Range<Int>, from states: Variable, of batch: Batch, prompts: PromptState,
    reading: Reading, dropout: Float, in pass: Pass
  ) -> Variable

  /// What the checkpoint's own pooler makes of hidden states [rows, width].
  func pooled(_ hidden: Variable, in pass: Pass) -> Variable

  /// The table of word embeddings [tokens, embedding width], which a head may share.
  var words: Parameter { get }

  /// The masked-language-model head, nil where the checkpoint has none.
  var maskedLanguageHead: MaskedLanguageHead? { get }
}

/// What a sequence head reads.
public enum Pooling: String, Codable, Sendable, CaseIterable {
  /// The hidden state of the true [CLS].
  case cls
  /// The mean of the text's hidden states.
  case mean
  /// [CLS] through the checkpoint's pooler, as P-Tuning v2 and PEFT do.
  case pooler
  /// The row's first slot through the checkpoint's pooler: [CLS], but a virtual token where some
  /// stand before the text, which is what PEFT's classifier reads then.
  case firstSlot = "peft"
  /// The hidden state of a masked word, as the checkpoint's ``MaskedLanguageHead`` hands it to its
  /// decoder: what verbalizers read, and nothing else does.
  case maskedWord = "masked-word"

  /// Those that a user can choose among.
  public static let choices = allCases.filter { $0 != .maskedWord }

  /// Whether the checkpoint's pooler is needed.
  public var usesPooler: Bool { self == .pooler || self == .firstSlot }

  /// The slot of a row that is read.
  public func slot(of row: Int, in batch: Batch) -> Int32 {
    self == .firstSlot ? batch.offsets[row] : batch.textBegin[row]
  }
}

extension Backbone {
  /// The number of weights.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.shape.count } }

  /// The weights that training changes: none of a frozen backbone.
  public var trainedParameters: [Parameter] { parameters.filter(\.isTrained) }

  /// The word embeddings of some tokens [ids, embedding width].
  public func wordEmbeddings(of ids: [Int32]) -> Tensor {
    rows(ids, of: Variable(words.value)).value
  }

  /// The width, as most families have it.
  public var embeddingWidth: Int { width }

  /// The width, as most families have it.
  public var attentionWidth: Int { width }

  /// Any segments, as most families have it.
  public var segmentLimit: Int? { nil }

  /// None, as in checkpoints of sentence encoders and classifiers.
  public var maskedLanguageHead: MaskedLanguageHead? { nil }

  /// All layers in the one stack that most families have.
  public func layerCount(of stack: PromptStack) -> Int { stack == .encoder ? layerCount : 0 }

  /// None, where weights are not looked at.
  public var unusableWeight: UnusableWeight? { nil }

  /// The hidden states after the last layer [slots wanted, width].
  ///
  /// - Parameters:
  ///   - batch: The rows.
  ///   - prompts: The prompts that the rows name.
  ///   - lower: What is already known of the layers below the prompts, if anything is.
  ///   - reading: Which slots are wanted.
  ///   - dropout: The probability of dropping values inside the backbone, in training.
  ///   - pass: The tape and its dropout.
  /// - Returns: [slots wanted, width].
  public func hiddenStates(
    of batch: Batch, prompts: PromptState, above lower: LowerStates? = nil, reading: Reading,
    dropout: Float, in pass: Pass
  ) -> Variable {
    let states =
      lower.map(\.variable)
      ?? embeddings(of: batch, prompts: prompts, dropout: dropout, in: pass)
    return hiddenStates(
      through: (lower?.layers ?? 0)..<layerCount, from: states, of: batch, prompts: prompts,
      reading: reading, dropout: dropout, in: pass)
  }

  /// What a pooling makes of the states that it takes [rows, the states' width], each by itself.
  public func mapped(_ states: Variable, by pooling: Pooling, in pass: Pass) -> Variable {
    switch pooling {
    case .cls, .mean: states
    case .pooler, .firstSlot: pooled(states, in: pass)
    case .maskedWord: maskedLanguageHead?.states(of: states, in: pass) ?? states
    }
  }

  /// One vector for each row of a batch [rows, width], all pooled alike.
  public func sequenceStates(
    of batch: Batch, prompts: PromptState, above lower: LowerStates? = nil, pooling: Pooling,
    dropout: Float, in pass: Pass
  ) -> Variable {
    let hidden = hiddenStates(
      of: batch, prompts: prompts, above: lower,
      reading: pooling == .mean
        ? .all : .slots((0..<batch.count).map { pooling.slot(of: $0, in: batch) }),
      dropout: dropout, in: pass)
    return pooling == .mean
      ? meanRows(of: hidden, begin: batch.textBegin, end: batch.textEnd)
      : mapped(hidden, by: pooling, in: pass)
  }
}
