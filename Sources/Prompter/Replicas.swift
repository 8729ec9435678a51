// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor
internal import Synchronization

/// The gradients of one batch, or the sum of several.
struct BatchGradients: Sendable {
  /// The sum of the rows' losses, times the scale that was asked for.
  var loss: Double
  /// Of the prompt's tables, in their fixed order.
  var tables: [Tensor?]
  /// Of the trained parameters, in their order.
  var parameters: [Tensor?]

  // Adds another batch's, value by value; the order of additions decides the last bits.
  mutating func add(_ other: BatchGradients) {
    loss += other.loss
    tables = Self.sum(tables, other.tables)
    parameters = Self.sum(parameters, other.parameters)
  }

  private static func sum(_ first: [Tensor?], _ second: [Tensor?]) -> [Tensor?] {
    zip(first, second).map { first, second in
      guard let first else { return second }
      if let second { Kernels.add(second.buffer, to: first.buffer) }
      return first
    }
  }
}

/// Copies of the computation, one to a core, that share a batch's rows.
///
/// Each replica runs backbone and head over its rows on one thread, forward and backward; the
/// gradients, a few megabytes at most for a prompt, are added in the order of the replicas.
struct Replicas: Sendable {
  let backbone: any Backbone
  let team: ThreadTeam
  let pooling: Pooling
  let backboneDropout: Float

  /// What every row of a step has in common.
  struct Step: Sendable {
    /// The prompt.
    let tables: PromptTables<Tensor>
    /// The head.
    let head: Linear
    /// The parameters whose gradients are wanted, besides the tables.
    let trained: [Parameter]
    /// The seed of the run.
    let seed: UInt64
    /// The number of the step.
    let number: Int
    /// What the sum of the rows' losses is multiplied by.
    let scale: Float
    /// The weight of the z-loss.
    let zLoss: Double
  }

  /// The gradients of some rows.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - labels: Their labels.
  ///   - firstNumber: The number of the first row within the step.
  ///   - step: What they have in common.
  /// - Returns: The sums over all rows.
  func gradients(
    of rows: [Row], labels: [Int32], firstNumber: Int, step: Step
  ) -> BatchGradients {
    let ranges = RowSplit.ranges(costs: rows.map(\.ids.count), parts: team.count)
    let results = Mutex([BatchGradients?](repeating: nil, count: team.count))
    team.run { index in
      let range = ranges[index]
      guard !range.isEmpty else { return }
      let batch = Batch(Array(rows[range]), firstNumber: firstNumber + range.lowerBound)
      let gradients = gradients(of: batch, labels: Array(labels[range]), step: step)
      results.withLock { $0[index] = gradients }
    }
    let parts = results.withLock { $0.compactMap { $0 } }
    return parts.dropFirst().reduce(into: parts[0]) { $0.add($1) }
  }

  // One replica's share, on the calling thread.
  private func gradients(of batch: Batch, labels: [Int32], step: Step) -> BatchGradients {
    let pass = Pass.training(seed: step.seed, step: step.number)
    let state = step.tables.map { table in pass.tape?.variable(table) ?? Variable(table) }
    let states = backbone.sequenceStates(
      of: batch, prompts: state, pooling: pooling, dropout: backboneDropout, in: pass)
    let loss = crossEntropy(
      step.head(states, in: pass), labels: labels, scale: step.scale, zLoss: step.zLoss)
    pass.tape?.pullback(from: loss)
    return BatchGradients(
      loss: Double(loss.value.buffer[0]), tables: state.tables.map(\.gradient),
      parameters: step.trained.map { pass.gradient(of: $0) })
  }
}
