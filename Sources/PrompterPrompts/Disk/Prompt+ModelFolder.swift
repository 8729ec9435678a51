// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterCheckpoint
internal import PrompterCore
internal import PrompterKernels
internal import PrompterMethods
internal import PrompterModels
internal import PrompterTasks
internal import PrompterTensor

extension Prompt {
  /// Writes the model that fine-tuning made as a folder of Hugging Face's, which needs no prompt.
  ///
  /// All that decides numbers beside the weights comes along: config.json, generation_config.json,
  /// the tokenizer's files and templates, and what sentence-transformers puts after the model.
  /// Where the prompt's head reads something else than the original's default, the folder says so
  /// (`1_Pooling`), and a head that is trained on it reads the same. model.safetensors has the
  /// original's tensors in float32 under the names of today, the tuned ones in place of theirs;
  /// integers, which are no weights, are left out. A table that repeats a tuned one bit for bit, as
  /// a tied output does, is replaced along with it.
  ///
  /// Where transformers has a classifier that computes what the head computes
  /// (``isTransformersClassifier``), that is added, and its labels are put into config.json.
  ///
  /// - Parameters:
  ///   - folder: An empty folder, or the name of a new one in a folder that exists.
  ///   - model: The model that was tuned.
  ///   - overwriting: Whether the folder may hold something, and a model there be replaced.
  /// - Throws: ``PromptError`` if the prompt is not one of fine-tuning or of another model, or the
  ///   folder is the model's own or not empty; `CheckpointError` if a file cannot be read or
  ///   written.
  public func writeModel(
    to folder: URL, from model: PretrainedModel, overwriting: Bool = false
  ) throws {
    guard let backboneWeights, card.form == .none, card.decoderPromptLength == nil else {
      throw PromptError.noBackboneWeights(method: card.method.rawValue)
    }
    let target = folder.standardizedFileURL.resolvingSymlinksInPath()
    let source = model.folder.standardizedFileURL.resolvingSymlinksInPath()
    guard target.systemPath != source.systemPath else {
      throw PromptError.ownModel(folder: folder.systemPath)
    }
    try folder.checkIsFree(overwriting: overwriting)
    try check(against: model, identity: model.identity())
    var description = try ModelDescription(of: source)
    if let pooling = card.pooling, pooling != model.defaultPooling {
      try description.setPooling(pooling, width: card.backbone.width)
    }
    var files = description.files
    let name = ModelDescription.configuration
    files[name] = try configuration(from: files[name])
    var tensors = try Self.tensors(of: source, replacing: backboneWeights)
    if let classifier = transformersClassifier, let head {
      tensors[classifier.scope + ".weight"] = head.weight
      tensors[classifier.scope + ".bias"] = head.bias
    }
    let lock = try FolderLock.ifThere(target, purpose: "conversion")
    defer { withExtendedLifetime(lock) {} }
    try StagingFolder.write([Self.weights] + files.keys.sorted(), to: target) { staging in
      try SafetensorsFile.write(
        tensors, metadata: ["format": "pt"], to: staging.appending(component: Self.weights))
      for (name, data) in files {
        let file = staging.appending(path: name)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try AtomicFile.write(data, to: file)
      }
    }
  }

  /// Whether a class of transformers computes what the prompt's head computes from the model's
  /// hidden states, reading what that class reads.
  public var isTransformersClassifier: Bool { transformersClassifier != nil }

  private var transformersClassifier: PublishedClassifier? {
    guard head != nil, card.task.isSequenceClassification,
      let classifier = ModelFamilies.named(card.backbone.family)?.classifier,
      card.pooling == classifier.pooling
    else { return nil }
    return classifier
  }

  private static let weights = "model.safetensors"

  // All weights of a folder, some of them and their copies replaced.
  private static func tensors(
    of folder: URL, replacing tuned: [String: Tensor]
  ) throws -> [String: Tensor] {
    let weights = try Weights(contentsOf: folder).underStandardNames()
    var tensors: [String: Tensor] = [:]
    for name in weights.names where weights.elementType(of: name)?.isFloatingPoint == true {
      guard let shape = weights.shape(of: name) else { continue }
      tensors[name] = try weights.tensor(name, shape: shape, isShared: true)
    }
    let prefix = try prefix(of: tuned, in: weights, of: folder)
    let replaced = tuned.map { (original: tensors[prefix + $0.key], value: $0.value) }
    for (name, tensor) in tensors where tensor.shape.rank == 2 {
      let tied = replaced.first {
        $0.original.map {
          $0.shape == tensor.shape && Kernels.areEqual($0.buffer, tensor.buffer)
        } == true
      }
      if let tied { tensors[name] = tied.value }
    }
    for (name, tensor) in tuned { tensors[prefix + name] = tensor }
    return tensors
  }

  // What a file of a model with a head puts before the names that prompts have.
  private static func prefix(
    of tuned: [String: Tensor], in weights: Weights, of folder: URL
  ) throws -> String {
    func missing(_ prefix: String) -> String? {
      tuned.keys.sorted().first { weights.shape(of: prefix + $0) != tuned[$0]?.shape }
    }
    guard let name = missing("") else { return "" }
    let prefixes = ModelFamilies.all.compactMap { $0.weightScope }.map { $0 + "." }
    guard let prefix = prefixes.first(where: { missing($0) == nil }) else {
      throw CheckpointError.missingTensor(name: name, place: folder.systemPath)
    }
    return prefix
  }

  // The original's own bytes, unless it says something that is no longer so.
  private func configuration(from data: Data?) throws -> Data? {
    guard let data, var values = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return data }
    var isChanged = false
    for key in ["dtype", "torch_dtype"] where values[key] != nil {
      if values[key] as? String != "float32" { isChanged = true }
      values[key] = "float32"
    }
    if let classifier = transformersClassifier {
      // transformers names the one number of a regression too.
      let labels = card.labels.isEmpty ? ["LABEL_0"] : card.labels
      let numbered = labels.enumerated().map { ("\($0.offset)", $0.element) }
      values["architectures"] = [classifier.className]
      values["id2label"] = Dictionary(uniqueKeysWithValues: numbered)
      values["label2id"] = Dictionary(
        uniqueKeysWithValues: labels.enumerated().map { ($0.element, $0.offset) })
      values["num_labels"] = nil
      values["problem_type"] =
        card.labels.isEmpty ? "regression" : "single_label_classification"
      isChanged = true
    }
    guard isChanged else { return data }
    return try ModelDescription.data(of: values)
  }
}
