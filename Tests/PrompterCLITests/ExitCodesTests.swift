// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter
import PrompterKernels
import Testing

@testable import PrompterCLI

@Suite struct ExitCodesTests {
  private static let cases: [(error: any Error, status: RunStatus)] = [
    (UsageError("No."), .usage),
    (PartialFailure("No."), .badData),
    (Interruption("No."), .interrupted),
    (OutputFailure(), .inputOutput),
    (DataError.fileNotFound(file: "f"), .missingInput),
    (DataError.unreadable(file: "f", reason: "r"), .missingInput),
    (DataError.noExamples(file: "f"), .badData),
    (CheckpointError.missingFile(name: "n", folder: "f"), .missingInput),
    (CheckpointError.unavailable(reference: "r", reason: "r"), .missingInput),
    (CheckpointError.truncated(file: "f", expected: 2, found: 1), .badData),
    (CheckpointError.file(FileError(.read, "f", reason: "r")), .missingInput),
    (CheckpointError.file(FileError(.write, "f", reason: "r")), .inputOutput),
    (FileError(.write, "f", reason: "r"), .inputOutput),
    (TokenizerError.missing(folder: "f"), .missingInput),
    (TokenizerError.unknownToken(file: "f", token: "t", role: "r"), .badData),
    (TrainingError.promptTooLong(promptLength: 9, positionLimit: 8), .usage),
    (DataError.tooFewLabels(file: "f", labels: ["a"]), .badData),
    (TrainingError.notFinite(what: "loss", step: 1, epoch: 1, rate: 1), .failure),
    (PromptError.exists(folder: "f"), .usage),
    (PromptError.taken(path: "f"), .usage),
    (PromptError.ownModel(folder: "f"), .usage),
    (PromptError.noInputVectors(isDeep: true), .badData),
    (PromptError.noPrompt(folder: "f", reason: "r"), .missingInput),
    (PredictionError.notFinite(task: "t", token: nil), .badData),
    (PredictionError.unreadable(task: "t", .noTokens), .badData),
    (PredictionError.missingTask(known: []), .usage),
    (CocoaError(.fileReadNoSuchFile), .missingInput),
    (CocoaError(.fileWriteOutOfSpace), .inputOutput),
    (CancellationError(), .failure),
  ]

  @Test(arguments: cases.indices)
  func `every kind of error has its exit code`(_ index: Int) {
    let (error, status) = Self.cases[index]
    #expect(RunStatus(for: error) == status)
    #expect(ErrorReport(of: error).status == status)
  }

  @Test func `an error is told as one sentence`() {
    let report = ErrorReport(of: DataError.noExamples(file: "train.tsv"))
    #expect(report == ErrorReport(text: "prompter: train.tsv holds no examples.", status: .badData))
  }

  @Test func `help is no error`() throws {
    let error = #expect(throws: (any Error).self) {
      try PrompterCommand.parseAsRoot(["--version"])
    }
    let report = ErrorReport(of: try #require(error))
    #expect(report == ErrorReport(text: "0.1.0", status: .success))
  }

  @Test func `a mistyped option names the right one`() throws {
    let error = #expect(throws: (any Error).self) {
      try PrompterCommand.parseAsRoot(["predict", "--model", "m", "--prompt", "p", "--quite"])
    }
    let report = ErrorReport(of: try #require(error))
    #expect(report.status == .usage)
    #expect(report.text.hasPrefix("prompter: Unknown option '--quite'. Did you mean '--quiet'?"))
  }
}
