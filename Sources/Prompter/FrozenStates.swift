// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

/// What a head alone reads, computed once: without a prompt and without dropout a frozen backbone
/// gives the same states in every epoch.
struct FrozenStates {
  private let states: [[Float]]

  /// The pooled states of all examples.
  ///
  /// - Complexity: One forward pass of the backbone over the data, and
  ///   examples × width × 4 bytes.
  init(of dataset: EncodedDataset, answering: Answering, team: ThreadTeam) {
    states = answering.sequenceStates(
      of: dataset.examples.map { $0.row(virtualTokens: 0) }, team: team)
  }

  /// The head's gradients on the mean loss of some examples.
  func gradients(
    of indices: [Int], labels: [Int32], head: Linear, zLoss: Double
  ) -> BatchGradients {
    let pass = Pass.training(seed: 0, step: 0)
    let loss = crossEntropy(
      head(Variable(matrix(of: indices)), in: pass), labels: labels,
      scale: 1 / Float(indices.count), zLoss: zLoss)
    pass.tape?.pullback(from: loss)
    return BatchGradients(
      loss: Double(loss.value.buffer[0]), tables: [],
      parameters: head.parameters.map { pass.gradient(of: $0) })
  }

  /// The index of the label that the head finds most likely, for each example.
  func predictions(head: Linear) -> [Int] {
    let logits = head(Variable(matrix(of: Array(states.indices))), in: .inference()).value
    return (0..<states.count).map { row in
      indexOfMaximum((0..<logits.columns).map { logits.buffer[row * logits.columns + $0] })
    }
  }

  private func matrix(of indices: [Int]) -> Tensor {
    Tensor(indices.flatMap { states[$0] }, shape: [indices.count, states[0].count])
  }
}
