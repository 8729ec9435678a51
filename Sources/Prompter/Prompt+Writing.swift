// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterCheckpoint
internal import PrompterKernels

extension Prompt {
  /// Writes the prompt as a folder: as an adapter of Hugging Face PEFT's where that means the same,
  /// with prompter.json beside it; see ``peftObstacle``.
  ///
  /// All files are complete and on the disk before any takes its place, prompter.json last. Whatever
  /// fails before then leaves the folder as it was. Files that are not a prompt's, such as a saved
  /// training state, stay.
  ///
  /// - Parameters:
  ///   - folder: A folder that exists, or the name of a new one in a folder that exists.
  ///   - overwriting: Whether a prompt that is there may be replaced.
  /// - Throws: ``PromptError`` if there is a prompt already or this one is damaged; `CheckpointError`
  ///   if the disk is full or the folder cannot be written.
  public func write(to folder: URL, overwriting: Bool = false) throws {
    let target = folder.standardizedFileURL.resolvingSymlinksInPath()
    let shown = target.systemPath
    guard overwriting || !PromptLayout.allFiles.contains(where: target.holdsFile) else {
      throw PromptError.exists(folder: folder.systemPath)
    }
    try check(in: shown)
    let layout = PromptLayout(for: card)
    do {
      let staging = try StagingFolder(for: target)
      try write(layout, to: staging.url, shownAs: shown)
      try staging.install(layout.files, in: target)
    } catch let error as FileError {
      throw CheckpointError.file(error)
    }
    for name in PromptLayout.allFiles where !layout.files.contains(name) {
      try? FileManager.default.removeItem(at: target.appending(component: name))
    }
  }

  // A temporary path means nothing to a user, who knows where the files should go.
  private func write(_ layout: PromptLayout, to folder: URL, shownAs shown: String) throws {
    do {
      try write(layout, to: folder)
    } catch CheckpointError.file(let error) {
      throw CheckpointError.file(FileError(error.action, shown, reason: error.reason))
    }
  }

  private func write(_ layout: PromptLayout, to folder: URL) throws {
    let weights = folder.appending(component: layout.weights)
    try SafetensorsFile.write(
      tensors(in: layout), metadata: ["format": "pt"], to: weights)
    if layout == .peft {
      try Self.write(
        PEFTAdapter(card), to: folder.appending(component: PromptLayout.adapterConfiguration))
    }
    let stored = StoredCard(card: card, weightsSHA256: try Weights(file: weights).sha256())
    try Self.write(stored, to: folder.appending(component: PromptLayout.card))
  }

  private static func write(_ value: some Encodable, to file: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try AtomicFile.write(try encoder.encode(value) + Data("\n".utf8), to: file)
    } catch EncodingError.invalidValue(let found, let context) {
      throw PromptError.unusable(
        file: file.lastPathComponent,
        value: "`" + context.codingPath.map(\.stringValue).joined(separator: ".") + "`",
        found: "\(found)", expected: "a finite number")
    }
  }
}

/// A temporary folder beside the one that its files are for, removed when it is let go of.
private final class StagingFolder {
  let url: URL

  init(for target: URL) throws(FileError) {
    let unique = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    // Names may have 255 bytes, so a long one is cut for the temporary folder.
    let name = ".\(target.lastPathComponent.prefix(32)).\(unique).partial"
    url = target.deletingLastPathComponent().appending(component: name)
    try makeFolder(url.systemPath, shownAs: target.systemPath)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  /// Brings the files to their place: at once if there is none yet, else one after the other.
  func install(_ names: [String], in target: URL) throws(FileError) {
    guard target.isExistingFolder else {
      return try moveFile(url.systemPath, to: target.systemPath)
    }
    // A folder of such a name would stop the moves half way.
    for name in names {
      let file = target.appending(component: name)
      guard !file.isExistingFolder else {
        throw FileError(.write, file.systemPath, reason: "it is a folder")
      }
    }
    for name in names {
      try moveFile(
        url.appending(component: name).systemPath, to: target.appending(component: name).systemPath)
    }
  }
}

extension URL {
  /// The path without a slash at the end, as system calls want it.
  fileprivate var systemPath: String {
    let path = path(percentEncoded: false)
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}
