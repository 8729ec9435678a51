// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterJSON

/// The files of a tokenizer's folder.
struct TokenizerFolder {
  private let folder: URL

  init(_ folder: URL) {
    self.folder = folder
  }

  var path: String { folder.path }

  /// The path of a file of the folder.
  func path(of name: String) -> String { folder.appending(path: name).path }

  /// A file of the folder, or nothing if it is not there.
  func file(_ name: String) throws -> (bytes: [UInt8], name: String)? {
    let file = folder.appending(path: name)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    // Opening a pipe would wait for a writer.
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: file.resolvingSymlinksInPath().path)
    guard attributes?[.type] as? FileAttributeType == .typeRegular else {
      throw TokenizerError.unreadable(file: file.path, reason: "it is not a regular file")
    }
    do {
      return ([UInt8](try Data(contentsOf: file)), file.path)
    } catch {
      throw TokenizerError.unreadable(
        file: file.path, reason: (error as NSError).localizedDescription)
    }
  }

  /// The object that a file of the folder holds, or nothing if it is not there.
  ///
  /// Python wrote it, so `NaN` and `Infinity` may stand in it.
  func json(_ name: String) throws -> JSON? {
    guard let file = try file(name) else { return nil }
    let json = try JSON(file: file.bytes, name: file.name, allowsNonFinite: true)
    guard case .object = json else {
      throw TokenizerError.malformed(
        file: file.name, place: "top level", found: json.summary, expected: "an object")
    }
    return json
  }

  /// What the files beside the vocabulary say.
  func settings() throws -> TokenizerSettings {
    TokenizerSettings(
      json: try json("tokenizer_config.json") ?? .object([]),
      file: path(of: "tokenizer_config.json"),
      specialTokensMap: try json("special_tokens_map.json"),
      specialTokensFile: path(of: "special_tokens_map.json"),
      addedTokens: try json("added_tokens.json"), addedTokensFile: path(of: "added_tokens.json"),
      configuration: try json("config.json"), configurationFile: path(of: "config.json"))
  }
}
