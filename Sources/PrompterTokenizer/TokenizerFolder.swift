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

  /// The contents of `tokenizer_config.json`, if there is one.
  func settings() throws -> TokenizerSettings? {
    guard let file = try file("tokenizer_config.json") else { return nil }
    return TokenizerSettings(json: try JSON(file: file.bytes, name: file.name), file: file.name)
  }
}
