// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels
public import PrompterTensor

extension Tensor {
  /// The values as factors of a product in some precision.
  public func rounded(to precision: Precision) -> Tensor {
    guard precision == .bfloat16 else { return self }
    let result = Tensor(uninitialized: shape)
    Kernels.roundToBFloat16(buffer, into: result.buffer)
    return result
  }
}
