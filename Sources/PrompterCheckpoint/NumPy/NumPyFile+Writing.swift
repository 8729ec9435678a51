// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterKernels
public import PrompterTensor

extension NumPyFile {
  /// Writes a tensor as `numpy.save` writes a float32 array, atomically.
  ///
  /// The bytes are NumPy's own, so that the same prompt gives the same file there and here. A file
  /// of that name is replaced only when the new one is complete and on the disk.
  ///
  /// - Parameters:
  ///   - tensor: The array.
  ///   - url: The file to make or to replace; nothing is added to its name.
  /// - Throws: `CheckpointError` if the folder is not writable or the disk is full.
  public static func write(_ tensor: Tensor, to url: URL) throws {
    do {
      var file = try ReplacementFile(replacing: url.path(percentEncoded: false))
      try file.write(header(of: tensor.shape))
      try tensor.buffer.withBytes { try file.write($0) }
      try file.commit()
    } catch let error as FileError {
      throw CheckpointError.file(error)
    }
  }

  /// Magic number, version 1.0, length and dictionary; the values begin at a multiple of 64 bytes.
  private static func header(of shape: Shape) -> [UInt8] {
    let extents = shape.extents.map(String.init)
    let tuple = extents.count == 1 ? "(\(extents[0]),)" : "(\(extents.joined(separator: ", ")))"
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': \(tuple), }"
    // NumPy leaves room for the first extent to grow to 21 digits in place.
    if let first = extents.first {
      text += String(repeating: " ", count: max(0, 21 - first.utf8.count))
    }
    let prefixByteCount = 10
    let unpadded = prefixByteCount + text.utf8.count + 1
    text += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    let length = text.utf8.count
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
      + Array(text.utf8)
  }
}
