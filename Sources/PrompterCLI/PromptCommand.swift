// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter

/// `prompter prompt`.
struct PromptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prompt", abstract: "Look at prompts.", subcommands: [PromptInspectCommand.self])
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
      """)

  @Argument(help: "The prompt's folder.", completion: .directory)
  var folder: String

  @OptionGroup var console: OutputOptions

  func run() throws {
    let url = URL(filePath: folder, directoryHint: .isDirectory)
    let report = PromptReport(
      path: folder, prompt: try Prompt(contentsOf: url), files: try PromptFile.all(in: url))
    try Output.write(console.json ? report.json.line : report.table.text)
  }
}

/// A file of a prompt's folder.
struct PromptFile: Equatable {
  let name: String
  let bytes: Int

  /// The plain files of a folder, by name.
  static func all(in folder: URL) throws -> [PromptFile] {
    try FileManager.default.contentsOfDirectory(atPath: folder.relativePath).sorted().compactMap {
      let path = folder.appending(path: $0).path(percentEncoded: false)
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      guard attributes?[.type] as? FileAttributeType == .typeRegular,
        let size = attributes?[.size] as? NSNumber
      else { return nil }
      return PromptFile(name: $0, bytes: size.intValue)
    }
  }
}

/// What inspecting a prompt prints.
struct PromptReport {
  let path: String
  let prompt: Prompt
  let files: [PromptFile]

  private var card: PromptCard { prompt.card }

  /// The object that `--json` prints.
  var json: JSONValue {
    [
      "path": .string(path),
      "method": .string(card.method.rawValue),
      "task": .string(card.task.name),
      "labels": JSONValue(card.labels),
      "template": .null,
      "prompt_length": .integer(card.promptLength),
      "prompt_layers": card.promptLayers.map { JSONValue($0) } ?? .null,
      "pooling": .string(card.pooling.rawValue),
      "maximum_length": .integer(card.maximumLength),
      "parameters": .integer(card.trainableParameters),
      "backbone": [
        "name": .string(card.backbone.name), "family": .string(card.backbone.family),
        "layers": .integer(card.backbone.layers), "width": .integer(card.backbone.width),
        "parameters": .integer(card.backbone.parameters),
        "sha256": JSONValue(card.backbone.sha256),
      ],
      "metrics": card.best.map { JSONValue($0.metrics) } ?? .null,
      "best_epoch": card.best.map { .number($0.epoch) } ?? .null,
      "baseline": ["majority": JSONValue(card.baseline)],
      "peft_obstacle": JSONValue(prompt.peftObstacle),
      "files": .array(
        files.map { ["name": .string($0.name), "bytes": .integer($0.bytes)] }),
    ]
  }

  /// The lines that people read.
  var table: Table {
    var rows = [
      ("Method", card.method.rawValue), ("Task", card.task.name),
      ("Labels", Text.clipped(card.labels.joined(separator: ", "), to: 100)),
      ("Prompt length", "\(card.promptLength)"),
    ]
    if let layers = card.promptLayers, layers.count == 2 {
      rows.append(("Prompted layers", "\(layers[0])-\(layers[1]) of \(card.backbone.layers)"))
    }
    let share = Double(card.trainableParameters) / Double(max(1, card.backbone.parameters))
    rows += [
      ("Head reads", card.pooling.rawValue),
      ("Text length", "at most \(card.maximumLength) tokens"),
      (
        "Parameters",
        "\(Text.count(card.trainableParameters)) (\(Text.percent(share)) of the backbone)"
      ),
      ("Backbone", backbone),
      ("  SHA-256", card.backbone.sha256 ?? "unknown"),
    ]
    if let best = card.best {
      rows.append(
        ("Validation", "\(Text.scores(best.metrics)) (epoch \(Text.fixed(best.epoch, 1)))"))
    }
    if !card.baseline.isEmpty { rows.append(("Always the majority", Text.scores(card.baseline))) }
    rows.append(("PEFT", prompt.peftObstacle ?? "loads it as it is"))
    for (index, file) in files.enumerated() {
      rows.append((index == 0 ? "Files" : "", "\(file.name) (\(Text.bytes(file.bytes)))"))
    }
    return .pairs(rows)
  }

  private var backbone: String {
    let backbone = card.backbone
    return "\(backbone.name) (\(backbone.family), \(backbone.layers) layers of width "
      + "\(backbone.width), \(Text.count(backbone.parameters)) parameters)"
  }
}
