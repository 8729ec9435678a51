// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter
import PrompterJSON

/// `prompter prompt`.
struct PromptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prompt", abstract: "Look at prompts and bring them into other forms.",
    subcommands: [
      PromptInspectCommand.self, PromptNearestCommand.self, PromptConvertCommand.self,
    ])
}

/// `prompter prompt inspect`.
struct PromptInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what a prompt is for, how it was trained and what it belongs to.",
    discussion: """
      EXAMPLES
        prompter prompt inspect prompts/sst2
        prompter prompt inspect prompts/sst2 --json
        prompter prompt inspect prompts/sst2 --options >run.json
      """)

  @Argument(help: "The prompt's folder.", completion: .directory)
  var folder: String

  @Flag(
    help: "Print nothing but the options that repeat its training, as a file for train --config.")
  var options = false

  @OptionGroup(title: "Output") var console: OutputOptions

  func run() throws {
    let summary = try PromptSummary(contentsOf: URL(filePath: folder, directoryHint: .isDirectory))
    let recorded = summary.options.map(RecordedOptions.init(words:))
    if options {
      guard let recorded else {
        throw UsageError("\(folder) does not say with which options it was trained.")
      }
      return try Output.write(recorded.configuration.line)
    }
    let command = recorded.map { "\n\nIts training again:\n\($0.command(output: "NEW"))" }
    try Output.write(console.json ? summary.json.line : "\(summary)\(command ?? "")")
  }
}

extension PromptSummary {
  /// The object that `--json` prints.
  var json: JSONValue {
    let summary: JSONValue = [
      "folder": .string(folder),
      "method": .string(method.rawValue),
      "task": .string(task),
      "labels": JSONValue(labels),
      "template": [
        "text": JSONValue(template.text), "pair": JSONValue(template.pair),
        "label": JSONValue(template.label),
      ],
      "input_template": JSONValue(inputTemplate),
      "prompt_length": .integer(promptLength),
      "prompt_layers": promptLayers.map { JSONValue($0) } ?? .null,
      "pooling": JSONValue(pooling?.rawValue),
      "maximum_length": .integer(maximumLength),
      "parameters": .integer(parameters),
      "parameter_share": parameterShare.map { .number($0) } ?? .null,
      "backbone": [
        "name": .string(backbone.name), "family": .string(backbone.family),
        "layers": .integer(backbone.layers), "width": .integer(backbone.width),
        "parameters": .integer(backbone.parameters), "sha256": JSONValue(backbone.sha256),
      ],
      "metrics": best.map { JSONValue($0.metrics) } ?? .null,
      "best_epoch": best.map { .number($0.epoch) } ?? .null,
      "selected_by": JSONValue(selectedBy),
      "baseline": ["majority": JSONValue(baseline)],
      "options": options.map { RecordedOptions(words: $0).configuration } ?? .null,
      "unfinished": unfinished.map {
        [
          "reason": .string($0.reason.rawValue), "step": .integer($0.step),
          "steps": .integer($0.stepCount),
        ]
      } ?? .null,
      "files": .array(files.map { ["name": .string($0.name), "bytes": .integer($0.bytes)] }),
      "peft": ["loadable": .bool(peft.loadable), "reason": JSONValue(peft.reason)],
      "warnings": JSONValue(warnings),
    ]
    return longTexts.map { summary.adding("long_texts", .string($0.rawValue)) } ?? summary
  }
}
