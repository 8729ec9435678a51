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
      of: dataset.examples.map { $0.input.row(under: FoldedPrompt()) }, team: team)
  }

  /// The logits that a head gives some examples [examples, labels].
  func logits(of indices: [Int], by head: Linear, in pass: Pass) -> Variable {
    head(Variable(matrix(of: indices)), in: pass)
  }

  /// The index of the label that the head finds most likely, for each example.
  func predictions(head: Linear) -> [Int] {
    let logits = logits(of: Array(states.indices), by: head, in: .inference()).value
    return (0..<states.count).map { row in
      indexOfMaximum((0..<logits.columns).map { logits.buffer[row * logits.columns + $0] })
    }
  }

  private func matrix(of indices: [Int]) -> Tensor {
    Tensor(indices.flatMap { states[$0] }, shape: [indices.count, states[0].count])
  }
}
