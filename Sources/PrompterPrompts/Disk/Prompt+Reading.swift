// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterCheckpoint
internal import PrompterCore
internal import PrompterKernels
internal import PrompterTasks
internal import PrompterTensor

extension Prompt {
  /// Reads a prompt's folder, or an adapter that Hugging Face PEFT saved.
  ///
  /// In a folder of ours, prompter.json decides what the tensors are. PEFT's `PREFIX_TUNING`,
  /// `PROMPT_TUNING` and `P_TUNING` adapters for sequence classification with BERT are read as they
  /// are, from safetensors or as PyTorch saves tensors; their labels are called `LABEL_0`,
  /// `LABEL_1` and so on. PEFT pools the first virtual token of the latter two; here the head
  /// reads the true [CLS].
  ///
  /// - Parameter folder: The prompt's folder.
  /// - Throws: ``PromptError`` or `CheckpointError`, one sentence with the file, the place in it,
  ///   what was found and what was expected.
  /// - Complexity: O(bytes).
  public init(contentsOf folder: URL) throws {
    let path = folder.path(percentEncoded: false)
    func holds(_ name: String) throws -> Bool {
      try Self.kind(at: folder.appending(component: name).systemPath) != nil
    }
    guard let kind = try Self.kind(at: folder.systemPath) else {
      throw PromptError.noPrompt(folder: path, reason: "there is no such folder")
    }
    guard kind == .folder else {
      throw PromptError.noPrompt(folder: path, reason: "it is \(kind.rawValue), not a folder")
    }
    if try holds(PromptLayout.card) {
      try self.init(cardIn: folder)
    } else if try holds(PromptLayout.adapterConfiguration) {
      try self.init(adapterIn: folder)
    } else {
      throw PromptError.noPrompt(
        folder: path,
        reason: "it has neither \(PromptLayout.card) nor \(PromptLayout.adapterConfiguration)")
    }
  }

  // What is there, or why the system does not tell, as in a folder that may not be entered.
  private static func kind(at path: String) throws -> FileKind? {
    do {
      return try FileKind.of(path)
    } catch {
      throw CheckpointError.file(error)
    }
  }

  private init(cardIn folder: URL) throws {
    let url = folder.appending(component: PromptLayout.card)
    let stored = try StoredCard(contentsOf: url)
    // What the card asks for comes first; the other layout is one that a copy may have left alone.
    let expected = PromptLayout(for: stored.card)
    let layout =
      ([expected] + PromptLayout.allCases).first { folder.holdsFile($0.weights) } ?? expected
    let weights = folder.appending(component: layout.weights)
    let file = try Weights(file: weights)
    if let sha256 = stored.weightsSHA256, try file.sha256() != sha256 {
      throw PromptError.mixedFiles(card: url.path(percentEncoded: false), weights: layout.weights)
    }
    try self.init(card: stored.card, tensorsOf: file, layout: layout)
  }

  /// Reads the tensors that a card, already checked, describes.
  init(card: PromptCard, tensorsOf file: Weights, layout: PromptLayout) throws {
    let names = layout.names
    let path = file.place
    let shapes = file.names.reduce(into: [:]) { $0[$1] = file.shape(of: $1) }
    try card.check(shapes: shapes, layout: layout, in: path)
    func tensor(_ name: String) throws -> Tensor {
      let tensor = try file.tensor(name, shape: shapes[name] ?? [])
      try tensor.checkFinite(name, in: path)
      return tensor
    }
    var folded = FoldedPrompt()
    var backboneWeights: [String: Tensor]?
    if let range = card.promptLayers {
      let (table, stack) = (try tensor(names.deep), card.promptStack ?? .encoder)
      folded.deep = FoldedPrompt.Deep(
        table: layout == .peft && stack == .decoder
          ? PEFTAdapter.decoderTable(table, layers: card.stackLayers) : table,
        layers: range[0] - 1..<range[1], stack: stack,
        shiftsPositions: card.firstPosition == nil)
    } else if card.form == .input {
      folded.input = try tensor(names.input).rows(0..<card.promptLength)
      folded.placement = card.placement ?? .beforeText
    }
    if card.decoderPromptLength != nil { folded.decoderInput = try tensor(names.decoderInput) }
    if card.hasBackboneWeights {
      let prefix = PromptLayout.backbonePrefix
      backboneWeights = try file.names.filter { $0.hasPrefix(prefix) }.reduce(into: [:]) {
        $0?[String($1.dropFirst(prefix.count))] = try tensor($1)
      }
    }
    self.init(
      card: card, folded: folded,
      head: card.task.hasHead
        ? Head(weight: try tensor(names.headWeight), bias: try tensor(names.headBias)) : nil,
      backboneWeights: backboneWeights)
  }
}

/// A card as prompter.json holds it.
struct StoredCard: Encodable {
  /// The newest layout that is known here.
  static let newestVersion = 3

  let card: PromptCard
  /// The SHA-256 of the file with the tensors, so that files of two prompts are never mixed up.
  let weightsSHA256: String?

  private enum Keys: String, CodingKey {
    case version = "format_version"
    case labels
    case weightsSHA256 = "weights_sha256"
  }

  init(card: PromptCard, weightsSHA256: String?) {
    self.card = card
    self.weightsSHA256 = weightsSHA256
  }

  /// Reads and checks prompter.json.
  init(contentsOf url: URL) throws {
    struct Frame: Decodable {
      let version: Int
      let weightsSHA256: String?

      init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        version = try values.decode(Int.self, forKey: .version)
        weightsSHA256 = try values.decodeIfPresent(String.self, forKey: .weightsSHA256)
      }
    }
    let path = url.path(percentEncoded: false)
    // The version comes first: a card of another version may have other keys.
    let frame = try decodeJSON(Frame.self, from: url)
    guard 1...Self.newestVersion ~= frame.version else {
      throw PromptError.unusable(
        file: path, value: "`format_version`", found: "\(frame.version)",
        expected: "at most \(Self.newestVersion), the newest that this version of Prompter reads")
    }
    card = try decodeJSON(PromptCard.self, from: url)
    weightsSHA256 = frame.weightsSHA256
    try card.check(in: path)
  }

  func encode(to encoder: any Encoder) throws {
    try card.encode(to: encoder)
    var values = encoder.container(keyedBy: Keys.self)
    // Scripts that want nothing but the labels find them at the top.
    try values.encode(card.labels, forKey: .labels)
    try values.encode(weightsSHA256, forKey: .weightsSHA256)
  }
}

extension URL {
  /// Whether this is a folder, or a link to one.
  var isExistingFolder: Bool {
    let values = try? resolvingSymlinksInPath().resourceValues(forKeys: [.isDirectoryKey])
    return values?.isDirectory == true
  }

  /// Whether this folder has something of that name.
  package func holdsFile(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: appending(component: name).path(percentEncoded: false))
  }
}
