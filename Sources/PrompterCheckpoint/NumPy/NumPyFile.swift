// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterKernels
public import PrompterTensor

/// An array that `numpy.save` wrote, read where it lies.
///
/// ```swift
/// let prompt = try NumPyFile(contentsOf: url).tensor()
/// ```
///
/// The authors of prompt tuning publish their prompts so: `[virtual tokens, width]`, in files that
/// may have no extension. Versions 1 to 3 of the format are read, little-endian float16, float32
/// and float64, in C's or Fortran's order.
public struct NumPyFile: Sendable {
  /// The file.
  public let url: URL

  /// The type of the elements on disk.
  public let elementType: ElementType

  /// The array's extents.
  public var shape: Shape { layout.shape }

  private let mapping: MappedFile
  private let format: FloatFormat
  private let layout: StridedLayout
  private let offset: Int

  /// Opens a file and checks its header against its length.
  ///
  /// - Parameter url: The file.
  /// - Throws: `CheckpointError` if the file cannot be read, is truncated or malformed, or holds
  ///   something else than real numbers.
  /// - Complexity: O(header); the values are not read.
  public init(contentsOf url: URL) throws {
    let path = url.path(percentEncoded: false)
    mapping = try mapFile(url)
    let header = try NumPyHeader(mapping, file: path)
    let found = mapping.count - header.byteCount
    guard let format = header.elementType.floatFormat, let layout = header.layout() else {
      throw CheckpointError.malformed(
        file: path, reason: "an array cannot have the shape \(header.extents)")
    }
    let expected = layout.shape.count * format.byteCount
    guard expected <= found else {
      throw CheckpointError.truncated(
        file: path, expected: header.byteCount + expected, found: mapping.count)
    }
    guard expected == found else {
      throw CheckpointError.malformed(
        file: path, reason: "\(found - expected) bytes follow the array's last value")
    }
    self.url = url
    self.format = format
    self.layout = layout
    elementType = header.elementType
    offset = header.byteCount
  }

  /// Reads the array and converts it to float32.
  ///
  /// - Returns: The values row after row, whatever order the file has them in.
  public func tensor() -> Tensor { layout.tensor(in: mapping, at: offset, as: format) }
}
