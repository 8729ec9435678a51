// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterKernels
public import PrompterTensor

/// A safetensors file: named tensors, read where they lie.
///
/// ```swift
/// let file = try SafetensorsFile(contentsOf: url)
/// let bias = try file.tensor("encoder.layer.0.output.dense.bias")
/// ```
///
/// Opening reads the header alone and checks it against the file's length; the tensors stay on
/// disk until they are asked for.
public struct SafetensorsFile: Sendable {
  /// What the header says about one tensor.
  public struct Entry: Equatable, Sendable {
    /// The type of its elements.
    public let elementType: ElementType

    /// Its extents.
    public let shape: Shape

    /// Where it begins, in bytes from the file's start.
    let offset: Int

    /// How many bytes it has.
    let byteCount: Int
  }

  /// The file.
  public let url: URL

  /// The names of all tensors, sorted.
  public let names: [String]

  /// What the writer of the file noted, such as `format`.
  public let metadata: [String: String]

  let mapping: MappedFile
  private let entries: [String: Entry]

  /// Opens a file and checks its header.
  ///
  /// - Parameter url: The file.
  /// - Throws: `CheckpointError` if the file cannot be read, is truncated or is malformed.
  /// - Complexity: O(header); the tensors are not read.
  public init(contentsOf url: URL) throws {
    let path = url.path(percentEncoded: false)
    mapping = try mapFile(url)
    let count = mapping.count
    guard count >= 8 else { throw CheckpointError.truncated(file: path, expected: 8, found: count) }
    let length = mapping.bytes(in: 0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= SafetensorsHeader.largestByteCount else {
      throw CheckpointError.malformed(
        file: path,
        reason: "its header announces \(length) bytes, more than a safetensors header may have")
    }
    guard Int(length) <= count - 8 else {
      throw CheckpointError.truncated(file: path, expected: 8 + Int(length), found: count)
    }
    let header = try SafetensorsHeader(
      json: mapping.bytes(in: 8..<8 + Int(length)), file: path, fileByteCount: count)
    self.url = url
    entries = header.entries
    metadata = header.metadata
    names = entries.keys.sorted()
  }

  /// What the header says about a tensor, nil if there is none of this name.
  public func entry(_ name: String) -> Entry? { entries[name] }

  /// Reads a tensor and converts it to float32.
  ///
  /// - Parameter name: The tensor's full name.
  /// - Returns: The tensor, in memory of its own.
  /// - Throws: `CheckpointError` if there is none of this name or its elements are no F32, F16,
  ///   BF16 or F64.
  public func tensor(_ name: String) throws -> Tensor {
    let (entry, format) = try readable(name)
    let tensor = Tensor(uninitialized: entry.shape)
    mapping.convert(format, at: entry.offset, into: tensor.buffer)
    return tensor
  }

  /// Finds a tensor for reading only: where the file has float32, its own bytes are used.
  ///
  /// - Parameter name: The tensor's full name.
  /// - Returns: The tensor, which must never be written; the file must stay as it is.
  /// - Throws: `CheckpointError`, as ``tensor(_:)`` does.
  /// - Complexity: O(1) where nothing has to be converted.
  public func sharedTensor(_ name: String) throws -> Tensor {
    let (entry, format) = try readable(name)
    guard format == .float32,
      let tensor = mapping.float32Tensor(at: entry.offset, shape: entry.shape)
    else { return try tensor(name) }
    return tensor
  }
}
