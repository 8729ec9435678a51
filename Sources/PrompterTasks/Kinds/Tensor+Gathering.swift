// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
package import PrompterTensor

extension Tensor {
  /// The rows of some indices, copied.
  package func gathered(_ indices: [Int]) -> Tensor {
    let rows = Tensor(uninitialized: [indices.count, columns])
    Kernels.gatherRows(
      indices.map { Int32($0) }, of: buffer, into: rows.buffer, columns: columns)
    return rows
  }
}
