// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

extension Kernels {
  /// The sum of the cross-entropies, in nats, of the rows of `logits` against `labels`.
  ///
  /// A row whose label is negative counts for nothing. With log Z = log Σ_c exp z_c, each other row
  /// adds log Z − z_label + `zLoss` (log Z)².
  ///
  /// - Parameters:
  ///   - logits: [rows, labels], one row for each of `labels`.
  ///   - labels: The index of each row's true label.
  ///   - gradient: Gets ((1 + 2 `zLoss` log Z) softmax − one-hot) × `gradientScale`, if given.
  ///   - gradientScale: 1 / rows for a mean.
  ///   - zLoss: What holds log Z near 0, 0 for none.
  /// - Returns: The sum, not the mean.
  /// - Complexity: one exponential a logit, and one more pass over the gradient.
  public static func crossEntropy(
    _ logits: Buffer, labels: [Int32], gradient: Buffer?, gradientScale: Float, zLoss: Double = 0
  ) -> Double {
    guard !labels.isEmpty else { return 0 }
    precondition(logits.count % labels.count == 0, "crossEntropy: the labels do not fit.")
    let columns = logits.count / labels.count
    precondition(
      columns > 0 && labels.allSatisfy { Int($0) < columns }, "crossEntropy: no such label.")
    expect(gradient, count: logits.count, "crossEntropy")
    return unsafe prompter_cross_entropy(
      gradient?.base, logits.base, labels, gradientScale, zLoss, labels.count, columns)
  }

  /// The sum of the rows' cross-entropies, each times the weight of its label.
  ///
  /// - Parameters:
  ///   - logits: [rows, labels], one row for each of `labels`.
  ///   - labels: The index of each row's true label.
  ///   - weights: The weight of each label.
  ///   - gradient: Gets each row's gradient times its weight and `gradientScale`, if given.
  ///   - gradientScale: 1 / the sum of the rows' weights for a mean.
  ///   - zLoss: As without weights; it is part of what is weighted.
  /// - Returns: The sum, not the mean.
  public static func crossEntropy(
    _ logits: Buffer, labels: [Int32], weights: [Float], gradient: Buffer?, gradientScale: Float,
    zLoss: Double = 0
  ) -> Double {
    precondition(logits.count == labels.count * weights.count, "A weight for each label.")
    expect(gradient, count: logits.count, "crossEntropy")
    var sum = 0.0
    for (row, label) in labels.enumerated() where label >= 0 {
      let own = row * weights.count..<(row + 1) * weights.count
      let weight = weights[Int(label)]
      sum +=
        Double(weight)
        * crossEntropy(
          Buffer(own, of: logits), labels: [label], gradient: gradient.map { Buffer(own, of: $0) },
          gradientScale: gradientScale * weight, zLoss: zLoss)
    }
    return sum
  }

  /// y[r] = softmax(x[r]) for rows of `columns` values; `x` may not be `y`.
  public static func softmax(_ x: Buffer, columns: Int, into y: Buffer) {
    expect(x, count: y.count, "softmax")
    unsafe prompter_softmax(
      y.base, x.base, rows(of: x, columns: columns, "softmax"), columns)
  }
}
