// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// One recorded run: a file, and the folder of its model's family.
struct GoldenFile: Sendable, Equatable, CustomTestStringConvertible {
  /// Among the fixtures.
  let folder: String
  /// The file's, without its extension.
  let name: String

  var testDescription: String { "\(folder)/\(name)" }

  /// The folders of golden runs, and the number of files in each.
  ///
  /// BERT's are made by Scripts/make-fixtures.py, all others by Scripts/make-encoder-fixtures.py.
  static let folders = [
    "bert": 34, "encoders/roberta": 8, "encoders/xlm-roberta": 3, "encoders/distilbert": 8,
    "encoders/electra": 8, "encoders/mpnet": 8, "encoders/albert": 8, "encoders/modernbert": 8,
    "encoders/deberta-v2": 8, "encoders/deberta-v3": 8,
  ]

  /// All files of all families.
  static let all = folders.keys.sorted().flatMap { files(in: $0) }

  /// The files of a family.
  static func files(in folder: String) -> [GoldenFile] {
    ((try? FileManager.default.contentsOfDirectory(
      at: fixtures.appending(path: folder), includingPropertiesForKeys: nil)) ?? [])
      .filter { $0.pathExtension == "safetensors" }
      .map { GoldenFile(folder: folder, name: $0.deletingPathExtension().lastPathComponent) }
      .sorted { $0.name < $1.name }
  }

  /// The model's folder.
  var model: URL { Self.fixtures.appending(path: folder).appending(path: "model") }

  /// The file.
  var url: URL {
    Self.fixtures.appending(path: folder).appending(path: name + ".safetensors")
  }

  private static let fixtures = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures")
}
