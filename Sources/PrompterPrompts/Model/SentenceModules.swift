// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterCheckpoint

/// What sentence-transformers computes one after another, as `modules.json` of a
/// model's folder lists it.
struct SentenceModules {
  /// The name of the list.
  static let file = "modules.json"

  /// One of them.
  struct Module: Equatable {
    /// The path of its files within the model's folder, empty where they are the model's own; nil
    /// where it leads out of the folder.
    let path: String?
    /// Whether it makes one vector of hidden states.
    let isPooling: Bool
  }

  /// In the order of the list.
  let modules: [Module]

  /// Reads a folder's list; nil if it has none.
  ///
  /// - Throws: `CheckpointError` if the list is none.
  init?(of folder: URL) throws {
    struct Listed: Decodable {
      var path: String?
      var type: String?
    }
    guard folder.holdsFile(Self.file) else { return nil }
    modules = try decodeJSON([Listed].self, from: folder.appending(path: Self.file)).map {
      Module(
        path: Self.path(within: $0.path ?? ""),
        isPooling: $0.type?.split(separator: ".").last == "Pooling")
    }
  }

  /// What makes one vector of hidden states; nil if nothing does.
  var pooling: Module? { modules.first(where: \.isPooling) }

  private static func path(within path: String) -> String? {
    guard !path.isEmpty else { return path }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.contains("\0") } ? path : nil
  }
}

extension SentenceModules {
  /// A list with a pooling right after the model itself.
  ///
  /// - Parameters:
  ///   - path: The pooling's folder.
  ///   - list: The list from before, which has none; nil if there was no list.
  /// - Returns: The new list.
  /// - Throws: What stands in the way of reading the old one.
  static func adding(poolingAt path: String, to list: Data?) throws -> Data {
    var modules =
      try list.flatMap {
        try JSONSerialization.jsonObject(with: $0) as? [[String: Any]]
      } ?? []
    if modules.isEmpty { modules = [module(0, path: "", type: "Transformer")] }
    modules.insert(module(modules.count, path: path, type: "Pooling"), at: 1)
    return try JSONSerialization.data(
      withJSONObject: modules, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
  }

  // Modules are told apart by their names.
  private static func module(_ index: Int, path: String, type: String) -> [String: Any] {
    [
      "idx": index, "name": "\(index)", "path": path,
      "type": "sentence_transformers.models.\(type)",
    ]
  }
}
