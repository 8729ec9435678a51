// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import PrompterCheckpoint
package import PrompterTensor

/// Copies of the tiny models, changed in one place.
extension PromptBench {
  /// A copy of a model's folder, the tiny BERT's by default, with other tensors and other files.
  ///
  /// A tokenizer.json among them is taken as it stands, not as the class of BERT reads it.
  package func model(
    of source: URL = Toy.folder, weights change: ((inout [String: Tensor]) -> Void)? = nil,
    files: [String: String] = [:]
  ) throws -> URL {
    let folder = folder.appending(component: "model-\(UUID())", directoryHint: .isDirectory)
    try FileManager.default.copyItem(at: source, to: folder)
    if let change {
      let file = folder.appending(component: "model.safetensors")
      let weights = try SafetensorsFile(contentsOf: file)
      var tensors = try weights.names.reduce(into: [:]) { $0[$1] = try weights.tensor($1) }
      change(&tensors)
      try SafetensorsFile.write(tensors, metadata: [:], to: file)
    }
    var files = files
    if files["tokenizer.json"] != nil {
      files["tokenizer_config.json"] = #"{"tokenizer_class": "PreTrainedTokenizerFast"}"#
    }
    for (name, text) in files {
      try Data(text.utf8).write(to: folder.appending(component: name))
    }
    return folder
  }

  /// config.json of the tiny BERT with some keys changed.
  package static func configuration(_ changes: [String: Any]) throws -> String {
    let data = try Data(contentsOf: Toy.folder.appending(component: "config.json"))
    var keys = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    for (key, value) in changes { keys[key] = value }
    return String(decoding: try JSONSerialization.data(withJSONObject: keys), as: UTF8.self)
  }

  /// A tokenizer.json with the tiny BERT's pieces, but for some whose ids are others.
  ///
  /// The template of one text names `A` and special tokens with their segments; `cls` is the id of
  /// [CLS] in it, nil for a tokenizer that adds nothing.
  package static func tokenizer(
    single: [(String, Int)] = [("[CLS]", 0), ("A", 0), ("[SEP]", 0)], cls: Int? = 2,
    ids: [String: Int] = [:]
  ) throws -> String {
    let file = Toy.folder.appending(component: "vocab.txt")
    let pieces = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(
      String.init)
    var vocabulary = Dictionary(uniqueKeysWithValues: pieces.enumerated().map { ($1, $0) })
    vocabulary.merge(ids) { $1 }
    func piece(_ name: String, _ segment: Int) -> [String: Any] {
      [name.count == 1 ? "Sequence" : "SpecialToken": ["id": name, "type_id": segment]]
    }
    let pair = [("[CLS]", 0), ("A", 0), ("[SEP]", 0), ("B", 1), ("[SEP]", 1)]
    let template: [String: Any] = [
      "type": "TemplateProcessing", "single": single.map(piece), "pair": pair.map(piece),
      "special_tokens": [
        "[CLS]": ["id": "[CLS]", "ids": [cls ?? 2], "tokens": ["[CLS]"]],
        "[SEP]": ["id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]],
      ],
    ]
    let root: [String: Any] = [
      "version": "1.0", "added_tokens": [Any](),
      "normalizer": ["type": "BertNormalizer", "lowercase": true],
      "pre_tokenizer": ["type": "BertPreTokenizer"],
      "post_processor": cls == nil ? NSNull() : template,
      "model": ["type": "WordPiece", "unk_token": "[UNK]", "vocab": vocabulary],
    ]
    return String(decoding: try JSONSerialization.data(withJSONObject: root), as: UTF8.self)
  }
}

/// What an expression throws, in words.
package func sentence(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}
