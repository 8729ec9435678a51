// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The environment variables and folders that finding a model depends on.
///
/// A value of its own, so that tests can stand in for a user's machine.
struct Surroundings {
  var variables = ProcessInfo.processInfo.environment

  /// Where Prompter keeps what it downloaded.
  var cache: URL {
    folder("PROMPTER_CACHE") ?? (folder("XDG_CACHE_HOME") ?? userCache).appending(path: "prompter")
  }

  /// Where Hugging Face's own programs keep what they downloaded.
  var hubCache: URL {
    folder("HF_HUB_CACHE") ?? folder("HUGGINGFACE_HUB_CACHE")
      ?? (folder("HF_HOME")
      ?? (folder("XDG_CACHE_HOME") ?? userCache).appending(path: "huggingface"))
      .appending(path: "hub")
  }

  /// Whether the user asked for no downloads from the hub.
  var isHubOffline: Bool {
    ["1", "ON", "YES", "TRUE"].contains(variables["HF_HUB_OFFLINE"]?.uppercased())
  }

  /// The hub's address, without a slash at the end.
  var hubEndpoint: String {
    var endpoint = variables["HF_ENDPOINT"].flatMap { $0.isEmpty ? nil : $0 }
    while endpoint?.hasSuffix("/") == true { endpoint?.removeLast() }
    return endpoint ?? "https://huggingface.co"
  }

  private var userCache: URL {
    (folder("HOME") ?? FileManager.default.homeDirectoryForCurrentUser).appending(path: ".cache")
  }

  private func folder(_ variable: String) -> URL? {
    guard let path = variables[variable], !path.isEmpty else { return nil }
    return URL(filePath: path, directoryHint: .isDirectory)
  }
}
