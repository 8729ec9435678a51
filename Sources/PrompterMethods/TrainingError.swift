// SPDX-License-Identifier: Apache-2.0

/// Why a prompt cannot be trained.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// The loss or a gradient is no number.
  case notFinite(what: String, step: Int, epoch: Int, rate: Double)
  /// The prompt leaves no room for text.
  case promptTooLong(promptLength: Int, positionLimit: Int)
  /// Texts are asked for that are longer than the backbone reads.
  case textTooLong(maximumLength: Int, room: Int, promptLength: Int, positionLimit: Int)
  /// A task whose answers are texts was asked of a backbone without a decoder.
  case cannotWrite(model: String)
  /// A method was asked for that a task or a family does not have.
  case cannotTrain(method: MethodName, reason: String)
  /// Examples should count by their labels in a kind of task where they cannot.
  case cannotWeigh(kind: String)
  /// Long texts should be read otherwise than cut in a kind of task that cuts them.
  case cannotReadLong(kind: String)
  /// The checkpoint has no pooler.
  case noPooler(model: String)
  /// The checkpoint's folder asks for what no head reads, and nothing else was chosen.
  case unknownPooling(model: String, file: String, found: String, expected: String)
  /// The layers do not exist.
  case layersOutOfRange(first: Int, last: Int, layerCount: Int)
  /// A saved training state belongs to another run.
  case stateOfAnotherRun(file: String, difference: String)
  /// A saved training ended because a number was not finite, and would do so again.
  case diverged(file: String, what: String, step: Int, rate: Double)
  /// A finished prompt is not the one that a training would give.
  case promptOfAnotherRun(difference: String)
  /// A saved training state lacks something.
  case unusableState(file: String, problem: String)
  /// A count that must be positive is not.
  case notPositive(option: String, value: Int)
  /// A number is none that a plan can have.
  case outOfRange(option: String, value: String, expected: String)
  /// A setting decides by validation scores, and there are no validation data.
  case needsValidation(option: String)
  /// The text that a prompt should start from has no tokens.
  case emptyInitialization(String)

  /// One sentence with what was found and what was expected.
  public var description: String {
    switch self {
    case .notFinite(let what, let step, let epoch, let rate):
      "The \(what) is not a finite number at step \(step) (epoch \(epoch), learning rate "
        + "\(rate)); try a lower learning rate."
    case .promptTooLong(let length, let limit):
      "A prompt of \(length) virtual tokens leaves no room for text: the backbone has \(limit) "
        + "positions."
    case .textTooLong(let maximum, let room, let length, let limit):
      "Texts of \(maximum) tokens do not fit: the backbone has \(limit) positions, of which the "
        + "prompt takes \(length); at most \(room) are left."
    case .cannotWrite(let model):
      "The model \(model) has no decoder, so it cannot write texts; choose a T5 or another task."
    case .cannotTrain(let method, let reason):
      "The method \(method.rawValue) does not apply: \(reason)."
    case .cannotWeigh(let kind):
      "Class weights do not apply to \(kind): its examples are not chosen among labels by a head."
    case .cannotReadLong(let kind):
      "Long texts of \(kind) are cut; both ends or windows are read where one answer to a whole "
        + "text is given by a head."
    case .noPooler(let model):
      "The model \(model) has no pooler; choose another pooling."
    case .unknownPooling(let model, let file, let found, let expected):
      "The model \(model) pools by `\(found)` (\(file)), which is not known here; choose a pooling: "
        + "\(expected)."
    case .layersOutOfRange(let first, let last, let count):
      "Layers \(first)-\(last) were asked for; the backbone has layers 1-\(count)."
    case .stateOfAnotherRun(let file, let difference):
      "\(file) belongs to another run: \(difference)."
    case .diverged(let file, let what, let step, let rate):
      "\(file) is of a training that diverged: the \(what) was not a finite number at step \(step) "
        + "(learning rate \(rate)), and would be so again; start anew with a lower learning rate."
    case .promptOfAnotherRun(let difference):
      "The prompt was trained otherwise: \(difference)."
    case .unusableState(let file, let problem):
      "\(file) cannot be resumed from: \(problem)."
    case .notPositive(let option, let value):
      "The \(option) must be at least 1, not \(value)."
    case .outOfRange(let option, let value, let expected):
      "The \(option) must be \(expected), not \(value)."
    case .needsValidation(let option):
      "The \(option) needs validation data: without scores no evaluation is better than another."
    case .emptyInitialization(let what):
      "The prompt cannot start from \(what): it has no tokens."
    }
  }
}
