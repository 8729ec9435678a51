// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import PrompterCore
internal import PrompterJSON
public import PrompterKernels
public import PrompterMethods
public import PrompterTasks

/// What `prompt inspect` says of a prompt's folder.
public struct PromptSummary: Codable, Sendable, Equatable {
  /// A file of the folder.
  public struct File: Codable, Sendable, Equatable {
    /// The name within the folder.
    public var name: String
    /// The size.
    public var bytes: Int

    /// A file and its size.
    public init(name: String, bytes: Int) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// What Hugging Face PEFT makes of the folder.
  public struct PEFTReport: Codable, Sendable, Equatable {
    /// Whether PEFT can load it.
    public var loadable: Bool
    /// Why PEFT would compute something else with it, if it would.
    public var reason: String?

    /// A report from its parts.
    public init(loadable: Bool, reason: String?) {
      self.loadable = loadable
      self.reason = reason
    }
  }

  /// The folder.
  public var folder: String
  /// The method.
  public var method: MethodName
  /// The preset that the task started from, else its kind.
  public var task: String
  /// The labels in index order.
  public var labels: [String]
  /// The columns that examples come from.
  public var template: Fields
  /// How a model that writes reads an example, with its columns in braces; nil for another task.
  public var inputTemplate: String?
  /// The virtual tokens, in each prompted layer or at the input.
  public var promptLength: Int
  /// The first and last prompted layer, counted from 1.
  public var promptLayers: [Int]?
  /// What the head reads; nil for a task whose answers are texts.
  public var pooling: Pooling?
  /// The tokens that a text may have.
  public var maximumLength: Int
  /// What becomes of longer texts; nil where they are cut.
  public var longTexts: LongTexts?
  /// The number of values that training changed, the head's included.
  public var parameters: Int
  /// That number as a share of the backbone's weights; `nil` if their number is not known.
  public var parameterShare: Double?
  /// What the prompt was trained on, its hash included.
  public var backbone: PromptCard.BackboneIdentity
  /// What products with the model's weights were computed in during training; nil for PEFT's
  /// adapters.
  public var precision: Precision?
  /// The epoch and validation scores of the evaluation that the prompt comes from.
  public var best: BestReport?
  /// The metric that chose that evaluation; nil if none did.
  public var selectedBy: String?
  /// The scores of the baseline that does not read.
  public var baseline: [String: Double]
  /// What that one answers.
  public var baselineName = "majority"
  /// The options of the command that trained it; nil where no command did, or an older version.
  public var options: [String]?
  /// Why training ended before its time; nil if it did not.
  public var unfinished: UnfinishedTraining?
  /// The folder's files.
  public var files: [File]
  /// What PEFT makes of it.
  public var peft: PEFTReport
  // Whether probabilities are divided by a temperature, which other programs do not know.
  private var hasTemperature: Bool { (best?.temperature ?? 1) != 1 }

  /// What a user should know before relying on the prompt.
  public var warnings: [String]

  private enum CodingKeys: String, CodingKey {
    case folder, method, task, labels, template, pooling, parameters, backbone, precision, best
    case baseline, options, unfinished, files, peft, warnings
    case inputTemplate = "input_template"
    case promptLength = "prompt_length"
    case promptLayers = "prompt_layers"
    case maximumLength = "maximum_length"
    case longTexts = "long_texts"
    case parameterShare = "parameter_share"
    case selectedBy = "selected_by"
  }
}

extension PromptSummary {
  /// Reads and checks a prompt's folder, or an adapter of PEFT's.
  ///
  /// - Parameter folder: The folder.
  /// - Throws: What ``Prompt/init(contentsOf:)`` throws.
  public init(contentsOf folder: URL) throws {
    let prompt = try Prompt(contentsOf: folder)
    let card = prompt.card
    let isImported = !folder.holdsFile(PromptLayout.card)
    self.init(
      folder: folder.path(percentEncoded: false), method: card.method,
      task: card.task.preset ?? card.task.kind.rawValue, labels: card.labels,
      template: card.columns ?? card.task.fields,
      inputTemplate: card.task.text?.template.description, promptLength: card.promptLength,
      promptLayers: card.promptLayers, pooling: card.pooling, maximumLength: card.maximumLength,
      longTexts: card.longTexts,
      parameters: card.trainableParameters,
      parameterShare: card.backbone.parameters > 0
        ? Double(card.trainableParameters) / Double(card.backbone.parameters) : nil,
      backbone: card.backbone,
      precision: isImported ? nil : card.precision ?? .float32, best: card.best,
      selectedBy: card.best.map(\.metrics.isEmpty) == false ? card.task.selectingMetric : nil,
      baseline: card.baseline, baselineName: card.task.baselineName, options: card.options,
      unfinished: card.unfinished,
      files: Self.files(of: folder),
      peft: PEFTReport(
        loadable: folder.holdsFile(PromptLayout.adapterConfiguration),
        reason: prompt.peftObstacle),
      warnings: Self.warnings(card, isImported: isImported)
        + (prompt.stateWarning(in: folder).map { [$0] } ?? []))
  }

  private static func files(of folder: URL) -> [File] {
    let urls = try? FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: [.fileSizeKey, .isRegularFileKey])
    return (urls ?? []).compactMap { url in
      let values = try? url.resourceValues(forKeys: [.fileSizeKey, .isRegularFileKey])
      guard values?.isRegularFile == true, let bytes = values?.fileSize else { return nil }
      return File(name: url.lastPathComponent, bytes: bytes)
    }.sorted { $0.name < $1.name }
  }

  private static func warnings(_ card: PromptCard, isImported: Bool) -> [String] {
    var warnings: [String] = []
    if isImported && !(card.task.hasHead && card.labels.isEmpty) {
      warnings.append(
        card.task.hasHead
          ? "The adapter names no labels, so they are numbered."
          : "The adapter does not say how texts are put, so they are taken as they are.")
    }
    if isImported && card.form == .input && card.task.hasHead {
      warnings.append(
        "PEFT itself pools the first virtual token of this prompt; here its head reads the true "
          + "[CLS], so the probabilities are others without --peft-compatible.")
    }
    if isImported && card.promptStack == .decoder {
      warnings.append(
        "PEFT gives several layers of a decoder the same keys and values and never uses the others'; "
          + "so are they read here.")
    }
    if card.backbone.sha256 == nil {
      warnings.append(
        "The prompt does not say which weights it was trained on, so using it cannot check them.")
    }
    return warnings
  }
}

extension Prompt {
  /// What a user of the prompt's folder should know of its training, if that has not ended.
  public func stateWarning(in folder: URL) -> String? {
    if let unfinished = card.unfinished {
      return unfinished.warning(isScored: card.best != nil)
    }
    guard folder.holdsFile(trainingStateName) else { return nil }
    return
      "Another training has begun in the folder and is not finished; the prompt is the one from "
      + "before."
  }
}

extension PromptSummary: CustomStringConvertible {
  /// A table of names and values, one a line; control characters are shown as escapes.
  public var description: String {
    let width = (rows.map(\.name.count).max() ?? 0) + 2
    return rows.map { row in
      row.name + String(repeating: " ", count: width - row.name.count)
        + row.value.escapingControls()
    }.joined(separator: "\n")
  }

  private var rows: [(name: String, value: String)] {
    var rows = [
      ("prompt", folder), ("method", method.rawValue), ("task", task),
      ("virtual tokens", "\(promptLength)"),
    ]
    if let inputTemplate { rows.insert(("input", inputTemplate), at: 3) }
    if !labels.isEmpty { rows.insert(("labels", labels.joined(separator: ", ")), at: 3) }
    if let promptLayers {
      rows.append(("layers", promptLayers.map(String.init).joined(separator: " to ")))
    }
    if let pooling { rows.append(("pooling", pooling.rawValue)) }
    rows += [
      ("text", "at most \(maximumLength) tokens" + longText),
      ("parameters", parameterText), ("backbone", backboneText),
    ]
    if let precision { rows.append(("precision", precision.rawValue)) }
    if let best, !best.metrics.isEmpty {
      let choice = best.metrics.count > 1 ? selectedBy.map { ", chosen by \($0)" } : nil
      rows.append(
        ("best", scores(best.metrics) + " after epoch \(best.epoch)" + (choice ?? "")))
    }
    if !baseline.isEmpty { rows.append((baselineName, scores(baseline))) }
    rows += files.map { ("file", "\($0.name), \($0.bytes) bytes") }
    rows.append(("PEFT", peftText))
    return rows + warnings.map { ("warning", $0) }
  }

  private var longText: String {
    switch longTexts {
    case nil, .cut: ""
    case .headTail: ", of longer ones both ends"
    case .windows: ", longer ones in windows"
    }
  }

  private var parameterText: String {
    guard let parameterShare else { return "\(parameters)" }
    let percent = (parameterShare * 100).formatted(
      .number.precision(.significantDigits(1...3)).locale(Locale(identifier: "en_US_POSIX")))
    return "\(parameters), \(percent) % of the backbone's"
  }

  private var backboneText: String {
    let hash = backbone.sha256.map { ", SHA-256 \($0)" } ?? ""
    let layers = backbone.layers > 0 ? "\(backbone.layers) layers of " : ""
    return "\(backbone.name), \(layers)width \(backbone.width)\(hash)"
  }

  private var peftText: String {
    switch (peft.loadable, peft.reason) {
    case (true, nil):
      hasTemperature
        ? "loads it and computes the same; its probabilities are those of --uncalibrated"
        : "loads it and computes the same"
    case (true, let reason?): "loads it and computes something else: \(reason)"
    case (false, let reason): "cannot load it" + (reason.map { ": \($0)" } ?? "")
    }
  }

  private func scores(_ metrics: [String: Double]) -> String {
    metrics.sorted { $0.key < $1.key }.map { name, value in
      let text = value.formatted(
        .number.precision(.fractionLength(4)).locale(Locale(identifier: "en_US_POSIX")))
      return "\(name) \(text)"
    }.joined(separator: ", ")
  }
}
