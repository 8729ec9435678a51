// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterKernels

/// The folder that a trained prompt goes to.
struct OutputFolder {
  let url: URL

  init(_ path: String) {
    url = URL(filePath: path, directoryHint: .isDirectory)
  }

  var path: String { url.relativePath }

  /// Calls `body` with the folder there, held and ready, and leaves no empty one
  /// behind if that fails.
  ///
  /// - Parameters:
  ///   - resuming: Whether to go on with what is there.
  ///   - overwriting: Whether to replace it.
  ///   - isForParts: Whether prompts go into folders of this one rather than into it.
  ///   - console: Where a person is told of file systems without locks.
  ///   - body: What needs the folder.
  /// - Throws: ``UsageError`` if something of value would be lost or another process is at work
  ///   there, ``FileError`` if the folder cannot be written to; what `body` throws.
  func prepared(
    resuming: Bool, overwriting: Bool, isForParts: Bool = false, _ console: OutputOptions,
    _ body: () throws -> Void
  ) throws {
    if resuming, overwriting {
      throw UsageError("Give --resume or --overwrite, not both.")
    }
    let wasThere = FileManager.default.fileExists(atPath: url.relativePath)
    do {
      try makeFolders(url.relativePath)
      let lock = try FolderLock(url, purpose: "training")
      if !lock.isHeld {
        console.note(
          "The file system of \(path) has no locks; no other training should write there.")
      }
      try prepare(resuming: resuming, overwriting: overwriting)
      if resuming, !isForParts, !holdsPrompt, !holdsState {
        console.note("\(path) holds nothing to go on from; the training starts at its beginning.")
      }
      try body()
      withExtendedLifetime(lock) {}
    } catch {
      if !wasThere, names.isEmpty { try? FileManager.default.removeItem(at: url) }
      throw error
    }
  }

  // Makes sure, before anything is computed, that the prompt can be saved at the end.
  private func prepare(resuming: Bool, overwriting: Bool) throws {
    if holdsState, !resuming, !overwriting {
      throw UsageError(
        "\(path) holds an unfinished training; go on with --resume or start again with "
          + "--overwrite.")
    }
    if holdsPrompt, !overwriting, !resuming {
      throw UsageError("\(path) holds a prompt already; replace it with --overwrite.")
    }
    FolderLock.removeAbandoned(in: url)
    // It leaves no trace: the file would be there only after a commit.
    _ = try ReplacementFile(replacing: url.appending(path: "prompter.json").relativePath)
  }

  /// Whether a training ended here: its prompt is there, and nothing to go on from.
  var isFinished: Bool { holdsPrompt && !holdsState }

  /// Removes what a finished training needs no more.
  func removeState() throws {
    for name in names where name.hasPrefix(Self.statePrefix) {
      do {
        try FileManager.default.removeItem(at: url.appending(path: name))
      } catch {
        throw FileError(.write, "\(path)/\(name)", from: error)
      }
    }
  }

  private static let statePrefix = "training_state"

  private static let promptFiles = [
    "prompter.json", "adapter_config.json", "adapter_model.safetensors", "prompt.safetensors",
  ]

  private var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: url.relativePath)) ?? []
  }

  private var holdsPrompt: Bool { !Set(names).isDisjoint(with: Self.promptFiles) }

  private var holdsState: Bool { names.contains { $0.hasPrefix(Self.statePrefix) } }
}
