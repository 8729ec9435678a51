// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTestSupport

/// A temporary folder for one test, removed with it.
final class Workbench {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: UUID().uuidString, directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  /// The folder's path, with a slash at the end.
  var path: String { folder.path(percentEncoded: false) }

  /// Writes a file, with the folders on the way to it.
  @discardableResult
  func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> URL {
    let url = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url
  }

  @discardableResult
  func write(_ text: String, to name: String) throws -> URL {
    try write(text.utf8, to: name)
  }

  /// A safetensors file with any header, true or not, and any bytes after it.
  func safetensors(
    _ header: String, data: Int = 0, announcing length: Int? = nil
  ) throws -> URL {
    let length = length ?? header.utf8.count
    let prefix = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    return try write(
      prefix + Array(header.utf8) + [UInt8](repeating: 1, count: data), to: "model.safetensors")
  }

  /// The files that came with the tests.
  static var fixtures: URL { fixture("checkpoint") }

  /// One of the files or folders that came with the tests.
  static func fixture(_ path: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/\(path)").standardizedFileURL
  }

  static func bytes(of fixture: String) throws -> [UInt8] {
    Array(try Data(contentsOf: Self.fixture(fixture)))
  }

  /// The sentence with which a file is refused, without what every such sentence begins with.
  static func refusal(of url: URL, _ read: (URL) throws -> Void) -> String {
    do {
      try read(url)
      return "no error"
    } catch {
      return "\(error)".replacing(url.path(percentEncoded: false), with: "FILE")
        .replacing("FILE is damaged or of another format: ", with: "")
    }
  }
}

extension Overwriting {
  /// A file on a bench, which stays as long as the file is needed.
  convenience init(_ name: String, on bench: Workbench) throws {
    try self.init(bench.folder.appending(path: name), keeping: bench)
  }
}
