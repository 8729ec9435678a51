// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// A linear classifier with softmax over labels.
struct SoftmaxClassifier: Sendable {
  /// W [labels, width].
  let weight: Tensor
  /// b [labels].
  let bias: Tensor

  /// The logits of some states [examples, labels].
  func logits(of states: Tensor) -> Tensor {
    let logits = Tensor(uninitialized: [states.rows, weight.rows])
    Kernels.product(
      states.buffer, weight.buffer, transposingB: true, m: states.rows, n: weight.rows,
      k: weight.columns, into: logits.buffer)
    Kernels.addBias(bias.buffer, to: logits.buffer)
    return logits
  }
}

extension SoftmaxClassifier {
  /// One that an optimiser holds as one vector: W, row after row, then b.
  init(_ values: [Double], labels: Int) {
    let width = values.count / labels - 1
    weight = Tensor(values.prefix(labels * width).map { Float($0) }, shape: [labels, width])
    bias = Tensor(values.suffix(labels).map { Float($0) }, shape: [labels])
  }
}

/// The mean cross-entropy of a ``SoftmaxClassifier``, weighted if labels have weights, and λ / 2
/// times its squared weights, the bias left out: multinomial logistic regression.
///
/// Products are float32, sums over their parts and over weights double. The parts' size does not
/// depend on the number of threads, so neither does any bit.
struct SoftmaxLoss: Sendable {
  /// The examples, in parts that threads share out.
  let parts: [LabelledStates]
  /// The number of labels.
  let labels: Int
  /// How much an example of each label counts; nil for all alike.
  var weights: [Float]?
  /// λ.
  let l2: Double
  /// The threads.
  let team: ThreadTeam

  private struct Sums: Sendable {
    let loss: Double
    let weight: Tensor
    let bias: Tensor
  }

  /// The loss and its gradient, for W, row after row, and then b.
  ///
  /// - Complexity: 4 examples × labels × width FLOPs.
  func callAsFunction(_ values: [Double]) -> (value: Double, gradient: [Double]) {
    let classifier = SoftmaxClassifier(values, labels: labels)
    let sums = team.map(parts.count) { Self.sums(over: parts[$0], classifier, weights) }
    let share = 1 / parts.reduce(0) { $0 + $1.totalWeight(weights) }
    var loss = 0.0
    var gradient = [Double](repeating: 0, count: values.count)
    for sum in sums {
      loss += sum.loss * share
      add(sum.weight, times: share, to: &gradient, at: 0)
      add(sum.bias, times: share, to: &gradient, at: values.count - labels)
    }
    var squares = 0.0
    for index in 0..<values.count - labels {
      gradient[index] += l2 * values[index]
      squares += values[index] * values[index]
    }
    return (loss + l2 / 2 * squares, gradient)
  }

  private static func sums(
    over part: LabelledStates, _ classifier: SoftmaxClassifier, _ weights: [Float]?
  ) -> Sums {
    let logits = classifier.logits(of: part.states)
    let errors = Tensor(uninitialized: logits.shape)
    let loss = part.crossEntropy(logits, weights: weights, gradient: errors)
    let weight = Tensor(uninitialized: classifier.weight.shape)
    Kernels.product(
      errors.buffer, part.states.buffer, transposingA: true, m: weight.rows, n: weight.columns,
      k: part.count, into: weight.buffer)
    let bias = Tensor(zeros: classifier.bias.shape)
    Kernels.addColumnSums(of: errors.buffer, to: bias.buffer)
    return Sums(loss: loss, weight: weight, bias: bias)
  }

  private func add(_ x: Tensor, times share: Double, to sum: inout [Double], at start: Int) {
    x.buffer.withSpan { span in
      for index in span.indices { sum[start + index] += share * Double(span[index]) }
    }
  }
}
