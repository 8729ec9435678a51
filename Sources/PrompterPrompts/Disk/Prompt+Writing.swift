// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterCheckpoint

extension Prompt {
  /// Writes the prompt as a folder: as an adapter of Hugging Face PEFT's where that means the same,
  /// with prompter.json beside it; see ``peftObstacle``.
  ///
  /// All files are complete and on the disk before any takes its place, prompter.json last.
  /// Whatever fails before then leaves the folder as it was. Files that are not a prompt's, such as
  /// a saved training state, stay.
  ///
  /// - Parameters:
  ///   - folder: A folder that exists, or the name of a new one in a folder that exists.
  ///   - overwriting: Whether a prompt that is there may be replaced.
  /// - Throws: ``PromptError`` if there is a prompt already or this one is damaged;
  ///   `CheckpointError` if the disk is full or the folder cannot be written.
  public func write(to folder: URL, overwriting: Bool = false) throws {
    let target = folder.standardizedFileURL.resolvingSymlinksInPath()
    let shown = target.systemPath
    guard overwriting || !PromptLayout.allFiles.contains(where: target.holdsFile) else {
      throw PromptError.exists(folder: folder.systemPath)
    }
    try check(in: shown)
    let layout = PromptLayout(for: card)
    try StagingFolder.write(layout.files, to: target) { try write(layout, to: $0) }
    for name in PromptLayout.allFiles where !layout.files.contains(name) {
      try? FileManager.default.removeItem(at: target.appending(component: name))
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
