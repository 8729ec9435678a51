// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels
public import PrompterTensor

extension Tensor {
  /// The values as the left factor of a product in some precision, [rows, depth], or as the right
  /// one transposed.
  public func rounded(to precision: Precision) -> Tensor {
    guard precision != .float32 else { return self }
    let result = Tensor(uninitialized: shape)
    switch precision {
    case .float32: break
    case .bfloat16: Kernels.roundToBFloat16(buffer, into: result.buffer)
    case .int16: Kernels.roundToInt16(buffer, columns: columns, into: result.buffer)
    }
    return result
  }
}
