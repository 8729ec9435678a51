// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A model of the Hugging Face hub, in the cache that Hugging Face's own programs use.
///
/// The cache's folder `models--OWNER--NAME` has `refs/main`, which holds the name of a commit;
/// `snapshots/COMMIT`, the files as links; and `blobs`, their contents by checksum.
struct HubModel {
  let owner: String
  let name: String
  let surroundings: Surroundings

  /// The folder of the model, after a download of what is missing of it.
  ///
  /// The cache is shared with programs that bring only what they want themselves, so a snapshot is
  /// taken for whole only if a note of ours says what belongs to it. Otherwise the hub is asked
  /// once. Where it cannot be asked, or what it sends cannot be kept, what is there must do.
  func resolve(progress: (String) -> Void) throws -> URL {
    let commit = commit()
    if let commit, isWhole(commit) { return snapshot(commit) }
    let usable = commit.map(snapshot).flatMap { isUsable($0) ? $0 : nil }
    do {
      guard !surroundings.isHubOffline else {
        throw failure("it is not in \(home.path(percentEncoded: false)) and HF_HUB_OFFLINE is set")
      }
      let found = try HubDownload(model: self, commit: commit, isPatient: usable == nil)
        .run(progress: progress)
      guard isUsable(snapshot(found)) else {
        throw failure("it has no config.json with weights in safetensors or PyTorch's format")
      }
      return snapshot(found)
    } catch {
      guard let usable else { throw error }
      progress(
        "Whether all files of \(id) are in the cache is not known; those that are there are used.")
      return usable
    }
  }

  var id: String { "\(owner)/\(name)" }

  var home: URL { surroundings.hubCache.appending(path: "models--\(owner)--\(name)") }

  func failure(_ reason: String) -> CheckpointError {
    .unavailable(reference: "hub:" + id, reason: reason)
  }

  func snapshot(_ commit: String) -> URL {
    home.appending(path: "snapshots").appending(path: commit, directoryHint: .isDirectory)
  }

  /// Whether a text from a file or from the network can be a part of a path.
  static func isSafe(_ component: some StringProtocol) -> Bool {
    !component.isEmpty && !component.hasPrefix(".")
      && component.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") }
  }

  /// The commit that the main revision pointed at when a program last looked.
  private func commit() -> String? {
    guard let bytes = try? readBytes(of: home.appending(path: "refs/main")) else { return nil }
    let commit = String(decoding: bytes, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    return Self.isSafe(commit) ? commit : nil
  }

  /// Whether a folder has what no model can do without.
  private func isUsable(_ folder: URL) -> Bool {
    folder.hasFile("config.json") && WeightFormat.preferred(where: folder.hasFile) != nil
  }

  // MARK: What belongs to a snapshot

  /// Where it is noted: in Prompter's own cache, for the other programs know nothing of it.
  private func note(_ commit: String) -> URL {
    surroundings.cache.appending(path: "hub").appending(path: home.lastPathComponent)
      .appending(path: commit)
  }

  /// Notes the names of the files that belong to a snapshot; a cache that cannot be written to only
  /// means that the hub is asked again.
  func remember(_ names: [String], of commit: String) {
    let file = note(commit)
    try? FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? Data(names.joined(separator: "\n").utf8).write(to: file, options: .atomic)
  }

  /// Whether all files that belong to a snapshot are known and there.
  private func isWhole(_ commit: String) -> Bool {
    guard let bytes = try? readBytes(of: note(commit)) else { return false }
    let names = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    let folder = snapshot(commit)
    return isUsable(folder) && names.allSatisfy(folder.hasFile)
  }
}
