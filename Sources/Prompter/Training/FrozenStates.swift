// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

/// What a head reads, computed once: without dropout a frozen backbone gives the same states in every
/// epoch as long as the prompt stays as it is.
struct FrozenStates {
  /// The pooled states [examples, width].
  let matrix: Tensor

  // What is computed between two looks at whether to stop; it changes no bit.
  private static let chunk = 512

  /// The pooled states of all examples; `nil` if told to stop.
  ///
  /// - Parameters:
  ///   - dataset: The examples.
  ///   - prompt: The prompt that they are read under.
  ///   - answering: The backbone with that prompt.
  ///   - team: The threads.
  ///   - goesOn: Told from time to time of how many examples more there are states; whether to go on.
  /// - Complexity: One forward pass of the backbone over the data, and
  ///   examples × width × 4 bytes.
  init?(
    of dataset: EncodedDataset, under prompt: FoldedPrompt, answering: Answering, team: ThreadTeam,
    goesOn: (_ examples: Int) -> Bool = { _ in true }
  ) {
    // Texts of like length together, so that all threads end a chunk together.
    let order = dataset.examples.indices.sorted {
      let (first, second) = (dataset.examples[$0].input, dataset.examples[$1].input)
      return (first.ids.count, $0) < (second.ids.count, $1)
    }
    let matrix = Tensor(uninitialized: [order.count, answering.backbone.width])
    for first in stride(from: 0, to: order.count, by: Self.chunk) {
      let own = order[first..<min(first + Self.chunk, order.count)]
      let states = answering.sequenceStates(
        of: own.map { dataset.examples[$0].input.row(under: prompt) }, team: team)
      for (index, state) in zip(own, states) {
        Buffer(index * matrix.columns..<(index + 1) * matrix.columns, of: matrix.buffer)
          .update(from: state)
      }
      guard goesOn(own.count) else { return nil }
    }
    self.matrix = matrix
  }

  /// The states with the labels of their examples.
  func labelled(_ dataset: EncodedDataset) -> LabelledStates {
    LabelledStates(states: matrix, labels: dataset.examples.map(\.label))
  }

  /// The logits that a head gives some examples [examples, labels].
  func logits(of indices: [Int], by head: Linear, in pass: Pass) -> Variable {
    head(Variable(matrix.gathered(indices)), in: pass)
  }

  /// The index of the label that the head finds most likely, for each example.
  func predictions(head: Linear) -> [Int] {
    indicesOfMaxima(head(Variable(matrix), in: .inference()).value)
  }
}
