// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterCheckpoint
internal import PrompterCore

/// The files beside a model's weights that decide what is computed with it: its configuration, its
/// tokenizer's files and templates, and what sentence-transformers puts after it.
///
/// All that may say something is taken, for a tokenizer of another kind has files of other names.
struct ModelDescription {
  /// The bytes of the files, by their paths within the folder.
  var files: [String: Data] = [:]
  private var poolingFolder = "1_Pooling"
  // Whether there is a list of modules with a pooling in it.
  private var hasPooling = false

  static let configuration = "config.json"

  /// Reads them.
  init(of folder: URL) throws {
    let fileTypes: Set = ["json", "txt", "model", "jinja"]
    for name in try Self.names(in: folder, ofTypes: fileTypes) {
      files[name] = try Data(contentsOf: folder.appending(component: name))
    }
    for module in try moduleFolders(of: folder) {
      let home = folder.appending(path: module)
      for name in try Self.names(in: home, ofTypes: fileTypes.union(["safetensors", "bin"])) {
        files["\(module)/\(name)"] = try Data(contentsOf: home.appending(component: name))
      }
    }
  }

  private static func names(in folder: URL, ofTypes types: Set<String>) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.systemPath).filter {
      let url = folder.appending(component: $0)
      // An index of weights in several files is none of the one file that is written.
      return !$0.hasPrefix(".") && types.contains(url.pathExtension)
        && !$0.hasSuffix(".index.json") && folder.holdsFile($0) && !url.isExistingFolder
    }
  }

  // The folders that modules.json names, and the one that says how to pool.
  private mutating func moduleFolders(of folder: URL) throws -> [String] {
    let listed = try SentenceModules(of: folder)
    hasPooling = listed?.pooling != nil
    if let path = listed?.pooling?.path, !path.isEmpty { poolingFolder = path }
    // A path to elsewhere is none of this model's.
    let paths = listed?.modules.compactMap(\.path).filter { !$0.isEmpty } ?? []
    return Set(paths + [poolingFolder]).filter { folder.appending(path: $0).isExistingFolder }
      .sorted()
  }

  /// Makes the files say what a head reads, as sentence-transformers says it.
  ///
  /// The pooler is what is read where nothing is said.
  mutating func setPooling(_ pooling: Pooling, width: Int) throws {
    let file = "\(poolingFolder)/config.json"
    guard !pooling.usesPooler, pooling != .maskedWord else {
      files = files.filter {
        $0.key != SentenceModules.file && !$0.key.hasPrefix("\(poolingFolder)/")
      }
      return
    }
    var values: [String: Any] = ["word_embedding_dimension": width]
    if let old = files[file],
      let read = try JSONSerialization.jsonObject(with: old) as? [String: Any]
    {
      values = read
    }
    for key in values.keys where key.hasPrefix("pooling_mode_") { values[key] = false }
    values["pooling_mode_cls_token"] = pooling == .cls
    values["pooling_mode_mean_tokens"] = pooling == .mean
    if values["pooling_mode"] != nil { values["pooling_mode"] = pooling == .cls ? "cls" : "mean" }
    files[file] = try Self.data(of: values)
    guard !hasPooling else { return }
    files[SentenceModules.file] = try SentenceModules.adding(
      poolingAt: poolingFolder, to: files[SentenceModules.file])
    hasPooling = true
  }

  /// The text of a JSON object, the same for the same values.
  static func data(of values: [String: Any]) throws -> Data {
    try JSONSerialization.data(
      withJSONObject: values, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
  }
}
