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

  func resolve(progress: (String) -> Void) throws -> URL {
    if let folder = cached() { return folder }
    guard !surroundings.isHubOffline else {
      throw failure("it is not in \(home.path(percentEncoded: false)) and HF_HUB_OFFLINE is set")
    }
    try HubDownload(model: self).run(progress: progress)
    guard let folder = cached() else {
      throw failure("it has no config.json with weights in safetensors or PyTorch's format")
    }
    return folder
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

  /// The snapshot that the main revision points at, if it is complete enough to load.
  private func cached() -> URL? {
    guard let bytes = try? readBytes(of: home.appending(path: "refs/main")) else { return nil }
    let commit = String(decoding: bytes, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    guard Self.isSafe(commit) else { return nil }
    let folder = snapshot(commit)
    // Programs that asked for the tokenizer alone leave a snapshot without weights.
    let hasWeights = WeightFormat.preferred(where: folder.hasFile) != nil
    return folder.hasFile("config.json") && hasWeights ? folder : nil
  }
}
