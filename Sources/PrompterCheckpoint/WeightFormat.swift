// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The formats in which a model's folder can hold its weights, the preferred one first.
enum WeightFormat: CaseIterable {
  case safetensors, pyTorch

  /// The name of a file that holds all weights.
  var wholeName: String {
    switch self {
    case .safetensors: "model.safetensors"
    case .pyTorch: "pytorch_model.bin"
    }
  }

  /// The name of the file that says which shard holds which tensor.
  var indexName: String { wholeName + ".index.json" }

  /// The best format among files of these names.
  ///
  /// - Parameter contains: Whether there is a file of a name.
  /// - Returns: The format, nil if there are no weights.
  static func preferred(where contains: (String) throws -> Bool) rethrows -> WeightFormat? {
    try allCases.first { format in
      try contains(format.wholeName) || contains(format.indexName)
    }
  }

  /// Whether a name is one that a shard has, as in `pytorch_model-00001-of-00002.bin`.
  func isShard(_ name: String) -> Bool {
    let parts = wholeName.split(separator: ".")
    return name.hasPrefix(parts[0] + "-") && name.hasSuffix("." + parts[1])
  }

  /// Opens a file of this format.
  func open(_ url: URL) throws -> any TensorFile {
    switch self {
    case .safetensors: try SafetensorsFile(contentsOf: url)
    case .pyTorch: try PyTorchFile(contentsOf: url)
    }
  }

  /// Opens all weight files of a folder, in the order of their names.
  static func files(of folder: URL) throws -> [any TensorFile] {
    guard let format = preferred(where: folder.hasFile) else {
      throw CheckpointError.missingFile(
        name: "model.safetensors and no pytorch_model.bin, whole or in shards",
        folder: folder.path(percentEncoded: false))
    }
    guard folder.hasFile(format.wholeName) else { return try format.shards(in: folder) }
    return [try format.open(folder.appending(path: format.wholeName))]
  }

  private func shards(in folder: URL) throws -> [any TensorFile] {
    struct Index: Decodable {
      let weight_map: [String: String]
    }
    let index = folder.appending(path: indexName)
    let indexPath = index.path(percentEncoded: false)
    let map = try decodeJSON(Index.self, from: index).weight_map
    let names = Set(map.values).sorted()
    let shards = try names.map { name in
      // A name from a file must not lead out of the folder.
      guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/"), !name.contains("\0") else {
        throw CheckpointError.malformed(
          file: indexPath, reason: "`\(name)` is not the name of a file beside it")
      }
      return try open(folder.appending(path: name))
    }
    let byName = Dictionary(uniqueKeysWithValues: zip(names, shards))
    for (tensor, shard) in map.sorted(by: { $0.key < $1.key })
    where byName[shard]?.shape(of: tensor) == nil {
      throw CheckpointError.malformed(
        file: indexPath, reason: "`\(tensor)` should be in \(shard) and is not")
    }
    return shards
  }
}
