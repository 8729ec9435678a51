// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterKernels
public import PrompterTensor

/// A checkpoint that `torch.save` wrote, such as `pytorch_model.bin`: named tensors, read where
/// they lie.
///
/// ```swift
/// let file = try PyTorchFile(contentsOf: url)
/// let embedding = try file.tensor("shared.weight")
/// ```
///
/// Such a file is a program for Python's pickle machine with the tensors' values beside it. Nothing
/// of it is run: the pickle may describe tensors and dictionaries of them, and a file that asks for
/// anything else is refused. Both of PyTorch's formats are read, the zip archive of 1.6 and later
/// and the older sequence of pickles. The tensors stay on disk until they are asked for, and those
/// that share values, as tied weights do, share them.
public struct PyTorchFile: Sendable {
  /// What the file says about one tensor.
  public struct Entry: Equatable, Sendable {
    /// The type of its elements.
    public let elementType: ElementType

    /// Its extents.
    public var shape: Shape { layout.shape }

    /// Where its first value is, in bytes from the file's start.
    let offset: Int

    /// How its other values lie behind the first one.
    let layout: StridedLayout
  }

  /// The file.
  public let url: URL

  /// The names of all tensors, sorted.
  public let names: [String]

  let mapping: MappedFile
  private let entries: [String: Entry]

  /// Opens a file, reads its pickle and checks it against the file's length.
  ///
  /// - Parameter url: The file.
  /// - Throws: `CheckpointError` if the file cannot be read, is truncated or malformed, or asks for
  ///   more than tensors.
  /// - Complexity: O(pickle); the tensors are not read.
  public init(contentsOf url: URL) throws {
    let path = url.path(percentEncoded: false)
    mapping = try mapFile(url)
    self.url = url
    let isArchive = mapping.bytes(in: 0..<min(4, mapping.count)) == [0x50, 0x4B, 0x03, 0x04]
    let contents =
      try isArchive
      ? TorchContents(archive: mapping, file: path) : TorchContents(legacy: mapping, file: path)
    entries = try contents.entries()
    names = entries.keys.sorted()
  }

  /// What the file says about a tensor, nil if there is none of this name.
  public func entry(_ name: String) -> Entry? { entries[name] }

  /// Reads a tensor and converts it to float32.
  ///
  /// - Parameter name: The tensor's full name.
  /// - Returns: The tensor, in memory of its own, its values row after row even where the file has
  ///   them otherwise, as it has a transposed view.
  /// - Throws: `CheckpointError` if there is none of this name or its elements are no float32,
  ///   float16, bfloat16 or float64.
  public func tensor(_ name: String) throws -> Tensor {
    let (entry, format) = try readable(name)
    return entry.layout.tensor(in: mapping, at: entry.offset, as: format)
  }

  /// Finds a tensor for reading only: where the file has float32 row after row, its own bytes are
  /// used.
  ///
  /// - Parameter name: The tensor's full name.
  /// - Returns: The tensor, which must never be written; the file must stay as it is.
  /// - Throws: `CheckpointError`, as ``tensor(_:)`` does.
  public func sharedTensor(_ name: String) throws -> Tensor {
    let (entry, format) = try readable(name)
    guard format == .float32, entry.layout.isContiguous,
      let tensor = mapping.float32Tensor(at: entry.offset, shape: entry.layout.shape)
    else { return try tensor(name) }
    return tensor
  }
}
