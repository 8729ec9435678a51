// SPDX-License-Identifier: Apache-2.0

internal import PrompterAnswering
internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTasks
internal import PrompterTensor

/// What a head reads, computed once: without dropout a frozen backbone gives the same states in
/// every epoch as long as the prompt stays as it is.
struct FrozenStates {
  /// The pooled states [rows, width].
  let matrix: Tensor

  // What is computed between two looks at whether to stop; it changes no bit.
  private static let chunk = 512

  /// The pooled states of all rows; `nil` if told to stop.
  ///
  /// - Parameters:
  ///   - inputs: The rows.
  ///   - prompt: The prompt that they are read under.
  ///   - pass: The backbone with that prompt.
  ///   - team: The threads.
  ///   - goesOn: Told from time to time of how many rows more there are states; whether to go
  ///     on.
  /// - Complexity: One forward pass of the backbone over the data, and
  ///   rows × width × 4 bytes.
  init?(
    of inputs: [EncodedInput], under prompt: FoldedPrompt, by pass: HeadPass, team: ThreadTeam,
    goesOn: (_ examples: Int) -> Bool = { _ in true }
  ) {
    // Texts of like length together, so that all threads end a chunk together.
    let order = inputs.indices.sorted {
      (inputs[$0].ids.count, $0) < (inputs[$1].ids.count, $1)
    }
    let matrix = Tensor(uninitialized: [order.count, pass.backbone.width])
    for first in stride(from: 0, to: order.count, by: Self.chunk) {
      let own = order[first..<min(first + Self.chunk, order.count)]
      let states = pass.states(
        of: own.map { ReadRow(row: inputs[$0].row(under: prompt)) }, team: team)
      for (index, state) in zip(own, states) {
        Buffer(index * matrix.columns..<(index + 1) * matrix.columns, of: matrix.buffer)
          .update(from: state)
      }
      guard goesOn(own.count) else { return nil }
    }
    self.matrix = matrix
  }

  /// The mean state of each example's rows [examples, width]: what a linear head gives for it is
  /// the mean of what it gives for them.
  func means(over examples: [Range<Int>]) -> Tensor {
    guard examples.contains(where: { $0.count > 1 }) else { return matrix }
    return meanRows(
      of: Variable(matrix), begin: examples.map { Int32($0.lowerBound) },
      end: examples.map { Int32($0.upperBound) }
    ).value
  }

  /// What a head gives for some examples [examples, outputs].
  func outputs(of indices: [Int], by head: Linear, in pass: Pass) -> Variable {
    head(Variable(matrix.gathered(indices)), in: pass)
  }

  /// What the head gives for each example.
  func outputs(head: Linear) -> [[Float]] {
    let outputs = head(Variable(matrix), in: .inference()).value
    return (0..<outputs.rows).map { row in
      (0..<outputs.columns).map { outputs.buffer[row * outputs.columns + $0] }
    }
  }
}
