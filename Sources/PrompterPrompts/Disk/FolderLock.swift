// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterCheckpoint
internal import PrompterKernels

/// A prompt's folder, held so that no other process trains into it or writes it meanwhile.
///
/// The lock is a hidden file of the folder. It is gone when the value is let go of, and one that a
/// killed process left hinders nobody.
///
/// ```swift
/// let lock = try FolderLock(folder, purpose: "training")
/// let outcome = try trainer.train(task: task, training: training, folder: folder)
/// try outcome.prompt.write(to: folder)
/// withExtendedLifetime(lock) {}
/// ```
public final class FolderLock: Sendable {
  /// Whether the folder is held; it is not where its file system has no locks.
  public var isHeld: Bool { lock != nil }

  private let lock: FileLock?

  /// The lock's name within the folder.
  static let name = ".prompter.lock"

  /// Takes a folder at once, or says who has it.
  ///
  /// - Parameters:
  ///   - folder: A folder that exists.
  ///   - purpose: What for, in a word for others: `training`.
  /// - Throws: ``PromptError/inUse(folder:holder:)``; `CheckpointError` if the folder cannot be
  ///   written.
  public init(_ folder: URL, purpose: String) throws {
    let path = folder.appending(component: Self.name).systemPath
    let claim: FileLock.Claim
    do {
      claim = try FileLock.claim(path, note: "\(purpose), \(processInWords)")
    } catch {
      throw CheckpointError.file(FileError(.write, folder.systemPath, reason: error.reason))
    }
    switch claim {
    case .held(let lock): self.lock = lock
    case .unsupported: lock = nil
    case .taken(let holder):
      throw PromptError.inUse(folder: folder.systemPath, holder: holder)
    }
  }
}

extension FolderLock {
  /// Takes a folder if there is one of that name.
  static func ifThere(_ folder: URL, purpose: String) throws -> FolderLock? {
    folder.isExistingFolder ? try FolderLock(folder, purpose: purpose) : nil
  }

  /// Removes what killed processes left in a folder, or beside it for it.
  public static func removeAbandoned(in folder: URL) {
    let target = folder.standardizedFileURL.resolvingSymlinksInPath()
    let staging = target.lastPathComponent
    PartialName.removeAbandoned(
      of: PromptLayout.allFiles + [trainingStateName, staging], in: target.systemPath)
    PartialName.removeAbandoned(
      of: [staging], in: target.deletingLastPathComponent().systemPath)
  }
}
