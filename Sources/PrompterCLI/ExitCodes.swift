// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter
import PrompterKernels
import PrompterModels

/// What a run ends with, as `sysexits.h` numbers it.
enum RunStatus: Int32 {
  case success = 0
  case failure = 1
  case usage = 64
  case badData = 65
  case missingInput = 66
  case inputOutput = 74
  case interrupted = 130
}

/// A wish that cannot be met, told in one sentence.
struct UsageError: Error, Equatable, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }

  /// A name that later versions will know.
  static func notInThisVersion(_ what: String, use: String) -> UsageError {
    UsageError("\(what) is not in this version; use \(use).")
  }
}

/// Data that were answered in part: what is wrong with the rest has been told already.
struct PartialFailure: Error, Equatable, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// An end that the user asked for with ctrl-C.
struct Interruption: Error, Equatable, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// An end because a number was not finite, after which the best prompt is in the folder.
struct DivergedTraining: Error, CustomStringConvertible {
  let cause: TrainingError
  /// The folder.
  let folder: String
  /// The epoch that the prompt is of.
  let epoch: Double

  var description: String {
    "\(cause)".trimmingSuffix(".") + "; \(folder) holds the best prompt until then, of epoch "
      + "\(Text.fixed(epoch, 1)), marked as unfinished."
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}

extension RunStatus {
  /// The status for an error of any room.
  init(for error: any Error) {
    switch error {
    case is UsageError: self = .usage
    case is PartialFailure, is ConfigurationError: self = .badData
    case is Interruption: self = .interrupted
    case let error as DivergedTraining: self = .init(for: error.cause)
    case let error as DataError: self = error.isMissingInput ? .missingInput : .badData
    case let error as CheckpointError: self = .init(forCheckpoint: error)
    case let error as FileError: self = error.action == .read ? .missingInput : .inputOutput
    case let error as TokenizerError: self = .init(forTokenizer: error)
    case let error as TrainingError: self = .init(forTraining: error)
    case let error as PromptError: self = .init(forPrompt: error)
    case let error as PredictionError: self = .init(forPrediction: error)
    case is BackboneError: self = .badData
    case is OutputFailure: self = .inputOutput
    case let error as CocoaError: self = .init(forFoundation: error)
    default: self = .failure
    }
  }

  private init(forCheckpoint error: CheckpointError) {
    switch error {
    case .file(let error): self.init(for: error)
    case .missingFile, .unavailable: self = .missingInput
    case .truncated, .malformed, .notTensor, .missingTensor, .unexpectedShape, .unsupportedType,
      .notFinite:
      self = .badData
    }
  }

  private init(forTokenizer error: TokenizerError) {
    switch error {
    case .missing, .unreadable: self = .missingInput
    case .malformed, .unsupported, .unknownToken: self = .badData
    }
  }

  private init(forPrediction error: PredictionError) {
    switch error {
    case .unreadable, .notFinite: self = .badData
    case .unknownTask, .missingTask, .duplicateTask, .otherKind: self = .usage
    }
  }

  private init(forTraining error: TrainingError) {
    switch error {
    case .promptTooLong, .textTooLong, .noPooler, .unknownPooling, .layersOutOfRange,
      .stateOfAnotherRun, .promptOfAnotherRun, .diverged, .notPositive, .outOfRange,
      .emptyInitialization, .cannotWrite, .cannotTrain, .needsValidation, .cannotWeigh,
      .cannotReadLong:
      self = .usage
    case .unusableState: self = .badData
    case .notFinite: self = .failure
    }
  }

  private init(forPrompt error: PromptError) {
    switch error {
    case .exists, .taken, .inUse, .ownModel: self = .usage
    case .noPrompt: self = .missingInput
    default: self = .badData
    }
  }

  private init(forFoundation error: CocoaError) {
    switch error.code {
    case .fileNoSuchFile, .fileReadNoSuchFile, .fileReadNoPermission: self = .missingInput
    case .fileReadCorruptFile, .fileReadInapplicableStringEncoding: self = .badData
    default: self = .inputOutput
    }
  }
}

/// What is printed at the end of a run that did not just succeed, and its status.
struct ErrorReport: Equatable {
  let text: String
  let status: RunStatus

  init(text: String, status: RunStatus) {
    self.text = text
    self.status = status
  }

  /// The report of an error, or of what the argument parser throws for `--help` and `--version`.
  ///
  /// - Parameters:
  ///   - error: The error.
  ///   - arguments: The command line, without the program's name.
  init(of error: any Error, arguments: [String] = []) {
    let code = PrompterCommand.exitCode(for: error)
    if code == .success, let sentence = Self.unknownTopic(arguments) {
      text = "prompter: " + sentence
      status = .usage
    } else if code == .success {
      let message = PrompterCommand.fullMessage(for: error)
      let shell = CompletionScript.shell(in: arguments)
      text = shell.map { CompletionScript.completed(message, for: $0) } ?? message
      status = .success
    } else if code == .validationFailure {
      let message = Self.usage(PrompterCommand.fullMessage(for: error), arguments)
      let lines = message.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        .map(String.init)
      text = ([Sentence.shown(lines[0])] + lines.dropFirst()).joined(separator: "\n")
      status = .usage
    } else {
      text = Sentence.shown("prompter: " + Self.sentence(for: error, arguments))
      status = RunStatus(for: error)
    }
  }

  // `prompter help` of a command that there is not.
  private static func unknownTopic(_ arguments: [String]) -> String? {
    guard arguments.first == "help", let program = try? CommandDescription.program() else {
      return nil
    }
    return Suggestion(program: program, arguments: arguments).unknownCommand
  }

  // The parser's message: its first line starts with "Error: ", the others say how the command is
  // used. A name that there is not is answered with the nearest one.
  private static func usage(_ message: String, _ arguments: [String]) -> String {
    guard message.hasPrefix("Error: ") else { return message }
    var lines = message.dropFirst("Error: ".count).split(
      separator: "\n", omittingEmptySubsequences: false)
    if let program = try? CommandDescription.program() {
      let suggestion = Suggestion(program: program, arguments: arguments)
      // An option that there is not tells more than one that is missing because of it.
      if lines[0].hasPrefix("Missing expected argument"), let option = suggestion.unknownOption {
        (lines[0], lines[1...]) = (
          "Unknown option '\(option)'", lines.drop { !$0.hasPrefix("Usage") }
        )
      }
      if let sentence = suggestion.unknownCommand {
        lines[0] = Substring(sentence)
      } else if lines[0].hasPrefix("Unknown option '") {
        // The parser's own guess may be a short name that shares a letter or two.
        let option = lines[0].dropFirst("Unknown option '".count).prefix { $0 != "'" }
        if let hint = suggestion.hint(for: String(option)) {
          lines[0] = "Unknown option '\(option)'. \(hint)"
        }
      }
    }
    if let hint = ValueHint(line: lines[0], arguments: arguments) { lines[0] += "\(hint)" }
    return "prompter: " + lines.joined(separator: "\n")
  }

  // Foundation's own errors describe themselves to programmers.
  private static func sentence(for error: any Error, _ arguments: [String]) -> String {
    if let error = error as? DataError, let hint = error.hint,
      ["train", "evaluate", "data"].contains(arguments.first)
        || arguments.first == "predict" && error.lacksHeader
    {
      return "\("\(error)".dropLast()); \(hint)."
    }
    guard error is CocoaError || type(of: error) == NSError.self else { return "\(error)" }
    guard let path = (error as NSError).userInfo[NSFilePathErrorKey] as? String else {
      return error.localizedDescription
    }
    return "\(path): \(FileError(.read, path, from: error).reason)."
  }
}
