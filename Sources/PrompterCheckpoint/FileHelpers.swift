// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterKernels

/// A file's bytes, brought into memory as they are touched.
func mapFile(_ url: URL) throws -> MappedFile {
  do {
    return try MappedFile(path: url.path(percentEncoded: false))
  } catch {
    throw CheckpointError.file(error)
  }
}

/// All bytes of a file.
func readBytes(of url: URL) throws -> [UInt8] {
  let file = try mapFile(url)
  return file.bytes(in: 0..<file.count)
}

/// The SHA-256 of a file in hexadecimal.
func sha256(of url: URL) throws -> String {
  var hash = SHA256()
  try mapFile(url).forEachPiece { hash.update($0) }
  return hash.digest
}

extension URL {
  /// Whether this is a folder, or a link to one.
  var isFolder: Bool {
    let values = try? resolvingSymlinksInPath().resourceValues(forKeys: [.isDirectoryKey])
    return values?.isDirectory == true
  }

  /// Whether this folder has a file of that name.
  func hasFile(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: appending(path: name).path(percentEncoded: false))
  }
}
