// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterKernels

/// The hash of weight files as it was computed once, and what the files were like then.
///
/// It is kept in Prompter's cache, `hashes/`, in a file for each place that weights were read from.
private struct RememberedHash: Codable {
  let stamps: [FileStamp]
  let sha256: String
}

extension Weights {
  /// The SHA-256 of all weight files, where possible without reading them: from the cache, if a
  /// hash that is expected was computed of these very files before.
  ///
  /// What the cache says is believed only where it says what is expected; it is no reason to refuse
  /// weights. Where the cache cannot be written to, the hash is computed each time.
  ///
  /// - Parameter expected: The hashes that would be right.
  /// - Returns: What ``sha256()`` says.
  /// - Throws: What ``sha256()`` throws.
  /// - Complexity: O(1) if it is remembered, else O(bytes).
  public func sha256(expecting expected: Set<String>) throws -> String {
    try sha256(expecting: expected, Surroundings())
  }

  func sha256(
    expecting expected: Set<String>, _ surroundings: Surroundings, now: Int64? = nil
  ) throws -> String {
    let note = surroundings.hashNote(of: filePaths)
    let stamps = fileStamps
    if let known = try? decodeJSON(RememberedHash.self, from: note), known.stamps == stamps,
      expected.contains(known.sha256)
    {
      return known.sha256
    }
    let sha256 = try sha256()
    if !stamps.contains(where: { $0.isFresh(now: now) }) {
      try? RememberedHash(stamps: stamps, sha256: sha256).write(to: note)
    }
    return sha256
  }
}

extension RememberedHash {
  func write(to note: URL) throws {
    try makeFolders(note.deletingLastPathComponent().path(percentEncoded: false))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try AtomicFile.write(encoder.encode(self), to: note)
  }
}

extension Surroundings {
  // One for each place, so that a model that changes leaves nothing behind.
  fileprivate func hashNote(of paths: [String]) -> URL {
    var name = SHA256()
    for path in paths { name.update(Array(path.utf8) + [0]) }
    return cache.appending(components: "hashes", "\(name.digest.prefix(32)).json")
  }
}
