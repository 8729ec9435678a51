// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterCheckpoint

/// What a model says of itself besides its weights, in parts.
public enum ModelDocument: String, Sendable, CaseIterable {
  /// Its kind and its shape, under the keys of Hugging Face's config.json.
  case configuration = "config.json"
  /// How it writes texts, under the keys of generation_config.json.
  case generation = "generation_config.json"
}

/// Where a model's description is read from.
///
/// A family asks for keys as transformers names them. A source of another format gives its own keys
/// these names.
public protocol ModelSource: Sendable {
  /// What messages call a document.
  func place(of document: ModelDocument) -> String

  /// Decodes a document.
  ///
  /// - Parameters:
  ///   - type: What to decode it as.
  ///   - document: Which one.
  /// - Returns: The value; nil if the source has no such document and need not have one.
  /// - Throws: An error that names the place and the key if it does not decode.
  func read<Value: Decodable>(_ type: Value.Type, from document: ModelDocument) throws -> Value?
}

extension ModelSource {
  /// Decodes what every source has; see ``ModelDocument/configuration``.
  ///
  /// - Parameter type: What to decode it as.
  /// - Returns: The value.
  /// - Throws: What ``read(_:from:)`` throws; ``BackboneError`` if the source has none.
  public func configuration<Value: Decodable>(as type: Value.Type) throws -> Value {
    if let value = try read(type, from: .configuration) { return value }
    throw BackboneError.unusable(
      key: "model_type", found: "not given", expected: "a configuration",
      file: place(of: .configuration))
  }
}

/// A folder as Hugging Face lays it out: a file for each document.
public struct ModelFolder: ModelSource {
  private let url: URL

  /// The folder at a place.
  public init(_ url: URL) {
    self.url = url
  }

  /// The path of the document's file.
  public func place(of document: ModelDocument) -> String { file(of: document).relativePath }

  /// Decodes a document's file; config.json must be there.
  public func read<Value: Decodable>(
    _ type: Value.Type, from document: ModelDocument
  ) throws -> Value? {
    let file = file(of: document)
    guard
      document == .configuration
        || FileManager.default.fileExists(atPath: file.path(percentEncoded: false))
    else { return nil }
    return try decodeJSON(type, from: file)
  }

  private func file(of document: ModelDocument) -> URL {
    url.appending(component: document.rawValue)
  }
}
