// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterTensor

/// The keys and values of what an attention hears.
struct KeysAndValues {
  let keys: Projection
  let values: Projection

  /// Side by side in the columns of `x` from `column` on, `width` of each.
  init(_ x: Variable, from column: Int, width: Int) {
    keys = Projection(x, column: column)
    values = Projection(x, column: column + width)
  }

  /// Head after head [2 × heads, slots, size]: keys, then values.
  init(headMajor x: Tensor) {
    let x = Variable(x)
    keys = Projection(headMajor: x, head: 0)
    values = Projection(headMajor: x, head: x.shape[0] / 2)
  }
}
