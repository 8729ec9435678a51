// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

extension MappedFile {
  /// Float32 values of the file as a tensor for reading only; nil where this processor cannot read
  /// them as they lie.
  func float32Tensor(at offset: Int, shape: Shape) -> Tensor? {
    // Files are little-endian.
    guard 1.littleEndian == 1, let buffer = Buffer(in: self, at: offset, count: shape.count)
    else { return nil }
    return Tensor(reading: buffer, shape: shape)
  }
}
