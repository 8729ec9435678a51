// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterKernels

/// All bytes of a file.
func readBytes(of url: URL) throws -> [UInt8] {
  do {
    let file = try MappedFile(path: url.path(percentEncoded: false))
    return file.bytes(in: 0..<file.count)
  } catch {
    throw CheckpointError.file(error)
  }
}

/// The SHA-256 of a file in hexadecimal.
func sha256(of url: URL) throws -> String {
  var hash = SHA256()
  do {
    let file = try MappedFile(path: url.path(percentEncoded: false))
    file.withBytes { hash.update($0) }
  } catch {
    throw CheckpointError.file(error)
  }
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
