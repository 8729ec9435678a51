// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterCheckpoint
internal import PrompterKernels

/// A temporary folder in the one that its files are for, or beside it if that is not there yet,
/// removed when it is let go of.
final class StagingFolder {
  private let url: URL
  // Says to others that nobody left the folder behind.
  private let hold: PartialFolder

  /// Writes several files of a folder, all of which are complete and on the disk before any takes
  /// its place.
  ///
  /// - Parameters:
  ///   - names: The files, in the order in which they may replace others; those of subfolders by
  ///     their paths.
  ///   - target: The folder, or the name of a new one in a folder that exists.
  ///   - body: Writes the files into the folder that it is given.
  /// - Throws: What `body` throws; `CheckpointError` if a file cannot be written or moved.
  static func write(_ names: [String], to target: URL, _ body: (URL) throws -> Void) throws {
    do {
      let staging = try StagingFolder(for: target)
      do {
        try body(staging.url)
      } catch CheckpointError.file(let error) {
        // A temporary path means nothing to a user, who knows where the files should go.
        throw FileError(error.action, target.systemPath, reason: error.reason)
      }
      try staging.install(names, in: target)
    } catch let error as FileError {
      throw CheckpointError.file(error)
    }
  }

  private init(for target: URL) throws(FileError) {
    let place = target.isExistingFolder ? target : target.deletingLastPathComponent()
    url = place.appending(component: PartialName.make(for: target.lastPathComponent))
    hold = try PartialFolder(url.systemPath, shownAs: target.systemPath)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  // Brings the files to their place: at once if there is none yet, else one after the other.
  private func install(_ names: [String], in target: URL) throws(FileError) {
    guard target.isExistingFolder else {
      return try moveFile(url.systemPath, to: target.systemPath)
    }
    // A folder of such a name would stop the moves half way, and nothing but a file is replaced.
    for name in names {
      let file = target.appending(path: name, directoryHint: .notDirectory)
      let kind = try FileKind.of(file.systemPath, followingLinks: false, for: .write)
      guard kind == nil || kind == .file else {
        throw FileError(.write, file.systemPath, reason: "it is \((kind ?? .folder).rawValue)")
      }
      let home = file.deletingLastPathComponent()
      if !home.isExistingFolder { try makeFolder(home.systemPath, shownAs: home.systemPath) }
    }
    for name in names {
      try moveFile(
        url.appending(path: name).systemPath, to: target.appending(path: name).systemPath)
    }
  }
}

extension URL {
  /// The path without a slash at the end, as system calls want it.
  var systemPath: String {
    let path = path(percentEncoded: false)
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}
