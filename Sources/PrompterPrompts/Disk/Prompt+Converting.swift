// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterCheckpoint
internal import PrompterCore
internal import PrompterKernels

extension Prompt {
  /// Writes the vectors at the input as the authors of prompt tuning publish theirs: an array of
  /// NumPy's [prompt length, width] of float32.
  ///
  /// What an array has no place for is left out: the card, the head, and vectors before a decoder's
  /// input.
  ///
  /// - Parameters:
  ///   - file: The file; nothing is added to its name.
  ///   - overwriting: Whether what is there may be replaced.
  /// - Throws: ``PromptError`` if there are no such vectors, or something of that name is there;
  ///   `CheckpointError` if the file cannot be written.
  public func writeArray(to file: URL, overwriting: Bool = false) throws {
    guard let input = folded.input else {
      throw PromptError.noInputVectors(isDeep: folded.deep != nil)
    }
    guard overwriting || !file.isThere else { throw PromptError.taken(path: file.systemPath) }
    PartialName.removeAbandoned(
      of: [file.lastPathComponent], in: file.deletingLastPathComponent().systemPath)
    try NumPyFile.write(input, to: file)
  }

  /// Writes the prompt as an adapter of Hugging Face PEFT's, with prompter.json beside it, or not
  /// at all.
  ///
  /// - Parameters:
  ///   - folder: An empty folder, or the name of a new one in a folder that exists.
  ///   - overwriting: Whether the folder may hold something, and a prompt there be replaced.
  /// - Throws: ``PromptError`` with ``peftObstacle`` if there is one, or if something is there
  ///   already; what ``write(to:overwriting:)`` throws.
  public func writeAdapter(to folder: URL, overwriting: Bool = false) throws {
    if let peftObstacle { throw PromptError.noAdapter(reason: peftObstacle) }
    try folder.checkIsFree(overwriting: overwriting)
    let lock = try FolderLock.ifThere(folder, purpose: "conversion")
    defer { withExtendedLifetime(lock) {} }
    try write(to: folder, overwriting: overwriting)
  }
}

extension URL {
  /// Whether there is a file or a folder.
  fileprivate var isThere: Bool {
    FileManager.default.fileExists(atPath: path(percentEncoded: false))
  }

  /// Refuses a folder that holds something, or a file, unless it may be overwritten.
  func checkIsFree(overwriting: Bool) throws {
    FolderLock.removeAbandoned(in: self)
    guard !overwriting, isThere else { return }
    let names = try? FileManager.default.contentsOfDirectory(atPath: path(percentEncoded: false))
    guard names?.allSatisfy({ $0 == FolderLock.name }) == true else {
      throw PromptError.taken(path: systemPath)
    }
  }
}
