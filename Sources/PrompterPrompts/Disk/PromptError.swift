// SPDX-License-Identifier: Apache-2.0

internal import PrompterMethods
public import PrompterTensor

/// Why a prompt cannot be written, read or used.
public enum PromptError: Error, Equatable, CustomStringConvertible {
  /// A prompt would be overwritten without leave.
  case exists(folder: String)
  /// Something else would be overwritten without leave.
  case taken(path: String)
  /// Another process holds the folder.
  case inUse(folder: String, holder: String)
  /// A fine-tuned model would replace the one that it was made of.
  case ownModel(folder: String)
  /// There is no prompt to read.
  case noPrompt(folder: String, reason: String)
  /// A value is not one that a prompt can have.
  case unusable(file: String, value: String, found: String, expected: String)
  /// A tensor is missing.
  case missingTensor(file: String, tensor: String)
  /// A tensor is there that such a prompt does not have.
  case unexpectedTensor(file: String, tensor: String, expected: [String])
  /// A tensor has another shape than the prompt's description says.
  case unexpectedShape(file: String, tensor: String, found: Shape, expected: Shape)
  /// A tensor holds something that is no finite number.
  case notFinite(file: String, tensor: String, index: Int, found: Float)
  /// The description and the tensors come from two prompts.
  case mixedFiles(card: String, weights: String)
  /// The prompt was trained on a backbone of another shape.
  case otherBackbone(trainedOn: String, found: String)
  /// The prompt was trained on other weights.
  case otherWeights(trainedOn: String, sha256: String, found: String, foundSHA256: String)
  /// The backbone has too few positions for the prompt and its texts.
  case noRoom(model: String, promptLength: Int, maximumLength: Int, positionLimit: Int)
  /// The head reads the pooler, and the backbone has none.
  case noPooler(model: String)
  /// The prompt asks for masked words, and the model has no head that tells them.
  case noMaskedLanguageHead(model: String)
  /// The prompt has no vectors at the input, where something needs them.
  case noInputVectors(isDeep: Bool)
  /// The prompt has no fine-tuned weights, where something needs them.
  case noBackboneWeights(method: String)
  /// PEFT would compute something else with the prompt.
  case noAdapter(reason: String)

  /// One sentence with the place, what was found and what was expected.
  public var description: String {
    switch self {
    case .exists(let folder):
      "\(folder) already holds a prompt; pass --overwrite to replace it."
    case .taken(let path):
      "\(path) is there already; pass --overwrite to replace it."
    case .inUse(let folder, let holder):
      "\(folder) is in use by another process (\(holder.isEmpty ? "unknown" : holder)); let it end or "
        + "choose another folder."
    case .ownModel(let folder):
      "\(folder) is the model's own folder; the fine-tuned model needs another."
    case .noPrompt(let folder, let reason):
      "\(folder) holds no prompt: \(reason)."
    case .unusable(let file, let value, let found, let expected):
      "\(file): \(value) is \(found); it should be \(expected)."
    case .missingTensor(let file, let tensor):
      "\(file) has no tensor `\(tensor)`."
    case .unexpectedTensor(let file, let tensor, let expected):
      "\(file) has a tensor `\(tensor)`, which is none of such a prompt's: "
        + expected.map { "`\($0)`" }.joined(separator: ", ") + "."
    case .unexpectedShape(let file, let tensor, let found, let expected):
      "`\(tensor)` in \(file) has shape \(found); the prompt's description asks for \(expected)."
    case .notFinite(let file, let tensor, let index, let found):
      "`\(tensor)` in \(file) holds \(found) at place \(index); all values should be finite."
    case .mixedFiles(let card, let weights):
      "\(card) describes other weights than those in \(weights); the folder was copied or written "
        + "only in part."
    case .noInputVectors(isDeep: true):
      "The prompt has keys and values in the layers, and no vectors at the input, where prompt "
        + "tuning has them."
    case .noInputVectors(isDeep: false):
      "The prompt has no vectors at the input, where prompt tuning has them."
    case .noBackboneWeights(let method):
      "A prompt of \(method) leaves the model as it is; only \(MethodName.trainingBackbone) makes "
        + "another."
    case .noAdapter(let reason):
      reason
    case .otherBackbone, .otherWeights, .noRoom, .noMaskedLanguageHead, .noPooler:
      mismatch
    }
  }

  private var mismatch: String {
    switch self {
    case .otherBackbone(let trainedOn, let found):
      "The prompt was trained on \(trainedOn); \(found) does not fit."
    case .otherWeights(let trainedOn, let sha256, let found, let foundSHA256):
      "The prompt was trained on the weights of \(trainedOn) (SHA-256 \(sha256.prefix(12))…); "
        + "those of \(found) are others (\(foundSHA256.prefix(12))…)."
    case .noRoom(let model, let length, let maximum, let limit):
      "\(model) has \(limit) positions, too few for a prompt of \(length) virtual tokens and texts "
        + "of \(maximum) tokens."
    case .noMaskedLanguageHead(let model):
      "The prompt asks for masked words; \(model) has no masked-language-model head."
    case .noPooler(let model):
      "The prompt's head reads [CLS] through a pooler; \(model) has no pooler weights."
    default: ""
    }
  }
}
