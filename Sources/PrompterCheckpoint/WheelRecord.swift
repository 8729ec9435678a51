// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterKernels

/// The list of files with checksums that every Python wheel carries: `NAME.dist-info/RECORD`.
///
/// A line is a path, `sha256=` with the hash in URL-safe base 64 without padding, and a size. The
/// record and its signatures have neither hash nor size.
struct WheelRecord {
  let root: URL
  let path: String
  let hashes: [String: String]

  /// Reads the record of an unpacked wheel.
  init(contentsOf root: URL) throws {
    let folders = try FileManager.default.contentsOfDirectory(
      at: root, includingPropertiesForKeys: nil)
    guard let folder = folders.first(where: { $0.pathExtension == "dist-info" }) else {
      throw CheckpointError.missingFile(
        name: "dist-info folder", folder: root.path(percentEncoded: false))
    }
    self.root = root
    path = folder.lastPathComponent + "/RECORD"
    let text = String(decoding: try readBytes(of: root.appending(path: path)), as: UTF8.self)
    var hashes: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      let (path, hash) = Self.fields(of: String(line))
      hashes[path] = hash
    }
    self.hashes = hashes
  }

  /// The paths of all unpacked files, each of which is in the record with the right hash.
  func verifiedFiles() throws -> [String] {
    let files = try FileManager.default.subpathsOfDirectory(
      atPath: root.path(percentEncoded: false)
    )
    .filter { !root.appending(path: $0).isFolder }
    for file in files where !isExempt(file) {
      guard let expected = hashes[file] else {
        throw malformed("\(file) is not listed")
      }
      guard try hash(of: file) == expected else {
        throw malformed("the checksum of \(file) differs")
      }
    }
    for file in hashes.keys.sorted() where !isExempt(file) && !root.hasFile(file) {
      throw malformed("\(file) is missing")
    }
    return files
  }

  /// The path and the hash of a line; a path with a comma is in quotation marks.
  private static func fields(of line: String) -> (path: String, hash: String) {
    guard line.hasPrefix("\"") else {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      return (String(fields.first ?? ""), fields.count > 1 ? String(fields[1]) : "")
    }
    guard let end = line.range(of: "\",", options: .backwards) else { return (line, "") }
    let path = line[line.index(after: line.startIndex)..<end.lowerBound]
    let rest = line[end.upperBound...].split(separator: ",", omittingEmptySubsequences: false)
    return (String(path).replacing("\"\"", with: "\""), String(rest.first ?? ""))
  }

  private func hash(of file: String) throws -> String {
    var hash = SHA256()
    hash.update(try readBytes(of: root.appending(path: file)))
    let base64 = Data(hash.bytes).base64EncodedString()
    return "sha256="
      + base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  private func isExempt(_ file: String) -> Bool {
    file == path || file == path + ".jws" || file == path + ".p7s"
  }

  private func malformed(_ reason: String) -> CheckpointError {
    .malformed(file: path, reason: reason)
  }
}
