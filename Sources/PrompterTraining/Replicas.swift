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
  var parameters: [Gradient?]

  // Adds another batch's or replica's; their order decides the last bits.
  mutating func add(_ other: BatchGradients, team: ThreadTeam) {
    loss += other.loss
    tables = zip(tables, other.tables).map { first, second in
      guard let first, let second else { return first ?? second }
      Kernels.add(second.buffer, to: first.buffer)
      return first
    }
    guard !parameters.isEmpty else { return }
    let pairs = Array(zip(parameters, other.parameters))
    parameters = team.map(pairs.count) { index in
      guard let second = pairs[index].1 else { return pairs[index].0 }
      return pairs[index].0?.adding(second) ?? second
    }
  }
}

/// What all rows of an optimiser step have in common.
struct TrainingStep: Sendable {
  /// The prompt.
  let tables: PromptTables<Tensor>
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

  /// The gradients of a loss, on the calling thread.
  func gradients(of loss: (_ prompt: PromptState, _ pass: Pass) -> Variable) -> BatchGradients {
    let sums = GradientSums(of: trained)
    var gradients = gradients(of: loss, replica: 0, sums: sums)
    gradients.parameters = sums.take()
    return gradients
  }

  /// The gradients of a replica's loss, those of the parameters given to `sums`.
  func gradients(
    of loss: (_ prompt: PromptState, _ pass: Pass) -> Variable, replica: Int, sums: GradientSums
  ) -> BatchGradients {
    let pass = Pass.training(seed: seed, step: number) { parameter, gradient in
      sums.add(gradient, of: parameter, replica: replica)
    }
    let state = tables.map { table in pass.tape?.variable(table) ?? Variable(table) }
    let loss = loss(state, pass)
    pass.tape?.pullback(from: loss)
    return BatchGradients(
      loss: Double(loss.value.buffer[0]), tables: state.tables.map(\.gradient), parameters: [])
  }
}

/// Copies of the computation, one to a core, that share a batch's rows.
///
/// Each replica runs backbone and head over its rows on one thread, forward and backward; the
/// gradients are added in the order of the replicas, those of a trained model while it runs.
struct Replicas: Sendable {
  let team: ThreadTeam

  /// The gradients of some rows.
  ///
  /// - Parameters:
  ///   - costs: What each row costs; as many rows as there are costs.
  ///   - step: What they have in common.
  ///   - loss: The loss of some of the rows, scaled as the step says.
  /// - Returns: The sums over all rows.
  func gradients(
    costs: [Int], step: TrainingStep,
    loss: @Sendable (_ rows: [Int], _ prompt: PromptState, _ pass: Pass) -> Variable
  ) -> BatchGradients {
    let shares = RowSplit.shares(costs: costs, parts: team.count)
    let sums = GradientSums(of: step.trained)
    let parts = team.map(team.count) { index -> BatchGradients? in
      guard !shares[index].isEmpty else { return nil }
      return step.gradients(
        of: { loss(shares[index], $0, $1) }, replica: index, sums: sums)
    }.compactMap(\.self)
    var total = parts.dropFirst().reduce(into: parts[0]) { $0.add($1, team: team) }
    total.parameters = sums.take()
    return total
  }
}
