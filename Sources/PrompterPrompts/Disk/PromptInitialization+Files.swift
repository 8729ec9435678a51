// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterCheckpoint
internal import PrompterCore
public import PrompterMethods
internal import PrompterTensor

extension PromptInitialization {
  /// The start from a trained prompt: a folder of ours or PEFT's, or an array of NumPy's.
  ///
  /// The authors of prompt tuning publish theirs as arrays `[virtual tokens, width]` of float32 in
  /// files that may lack an extension, so whatever is no folder is read as one.
  ///
  /// - Parameters:
  ///   - url: The folder or the file.
  ///   - width: The width of the backbone's word embeddings.
  /// - Returns: The start, which has a length of its own.
  /// - Throws: ``PromptError`` if there is no input prompt of this width; errors of reading.
  public static func prompt(contentsOf url: URL, width: Int) throws -> PromptInitialization {
    let isFolder = url.isExistingFolder
    guard isFolder || url.isExistingFile || url.pathExtension == "npy" else {
      throw PromptError.noPrompt(folder: url.relativePath, reason: "there is no such folder")
    }
    let vectors = isFolder ? try Prompt(contentsOf: url).folded.input : try published(in: url)
    guard let vectors, vectors.columns == width else {
      throw PromptError.unusable(
        file: url.relativePath, value: "the width of its vectors at the input",
        found: vectors.map { "\($0.columns)" } ?? "none, for it has no such vectors",
        expected: "\(width), the backbone's")
    }
    return .prompt(vectors)
  }

  private static func published(in file: URL) throws -> Tensor {
    let array = try NumPyFile(contentsOf: file)
    guard array.shape.extents.count == 2, array.shape.count > 0 else {
      throw PromptError.unusable(
        file: file.relativePath, value: "the array's shape", found: "\(array.shape)",
        expected: "[virtual tokens, width]")
    }
    let vectors = array.tensor()
    if let index = vectors.values.firstIndex(where: { !$0.isFinite }) {
      throw PromptError.notFinite(
        file: file.relativePath, tensor: "prompt", index: index, found: vectors.values[index])
    }
    return vectors
  }
}

extension URL {
  /// Whether this is there and no folder.
  fileprivate var isExistingFile: Bool {
    !isExistingFolder && FileManager.default.fileExists(atPath: path(percentEncoded: false))
  }
}
