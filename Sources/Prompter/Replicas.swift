// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

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
    /// What is kept of the layers below the prompt, if anything is.
    var lower: LowerStateCache?
  }

  /// The gradients of some rows.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - examples: The index of each row's example in the training data.
  ///   - labels: Their labels.
  ///   - firstNumber: The number of the first row within the step.
  ///   - step: What they have in common.
  /// - Returns: The sums over all rows.
  func gradients(
    of rows: [Row], examples: [Int], labels: [Int32], firstNumber: Int, step: Step
  ) -> BatchGradients {
    let ranges = RowSplit.ranges(costs: rows.map(\.ids.count), parts: team.count)
    let parts = team.map(team.count) { index -> BatchGradients? in
      let range = ranges[index]
      guard !range.isEmpty else { return nil }
      let own = Array(rows[range])
      let lower = step.lower?.states(
        of: Array(examples[range]), own, on: backbone, prompts: step.tables)
      return gradients(
        of: Batch(own, firstNumber: firstNumber + range.lowerBound), above: lower,
        labels: Array(labels[range]), step: step)
    }.compactMap(\.self)
    return parts.dropFirst().reduce(into: parts[0]) { $0.add($1) }
  }

  // One replica's share, on the calling thread.
  private func gradients(
    of batch: Batch, above lower: LowerStates?, labels: [Int32], step: Step
  ) -> BatchGradients {
    let pass = Pass.training(seed: step.seed, step: step.number)
    let state = step.tables.map { table in pass.tape?.variable(table) ?? Variable(table) }
    let states = backbone.sequenceStates(
      of: batch, prompts: state, above: lower, pooling: pooling, dropout: backboneDropout, in: pass)
    return step.gradients(of: state.tables, head: states, labels: labels, in: pass)
  }
}

extension Replicas.Step {
  /// The gradients of the loss that the head makes of some states, back to the given tables.
  func gradients(
    of tables: [Variable], head states: Variable, labels: [Int32], in pass: Pass
  ) -> BatchGradients {
    let loss = crossEntropy(head(states, in: pass), labels: labels, scale: scale, zLoss: zLoss)
    pass.tape?.pullback(from: loss)
    return BatchGradients(
      loss: Double(loss.value.buffer[0]), tables: tables.map(\.gradient),
      parameters: trained.map { pass.gradient(of: $0) })
  }
}
