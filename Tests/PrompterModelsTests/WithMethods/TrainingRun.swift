// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCore
import PrompterModels
import PrompterNN
import PrompterTensor

/// Training in its simplest form: the flow of tapes that a trainer must have, on one thread.
struct TrainingRun {
  let backbone: any Backbone
  let method: any PromptMethod
  let head: Linear
  let rows: [Row]
  let labels: [Int32]
  let pooling: Pooling
  var replicas = 1
  var dropout: Float = 0

  struct Step {
    var loss: Double
    /// One for each of ``TrainingRun/parameters``.
    var gradients: [Tensor?]
    var norm: Double { globalNorm(gradients) }
  }

  /// The prompt's, the backbone's and the head's, in this order.
  var parameters: [Parameter] { method.parameters + others }

  private var others: [Parameter] { backbone.trainedParameters + head.parameters }

  /// Loss and gradients of the whole batch, its rows shared out over replicas.
  ///
  /// The method runs once on a tape of its own. Each replica starts from its state as leaves, and
  /// the replicas' gradients are added up in order before the method's tape is played.
  func step(_ number: Int = 0) throws -> Step {
    let methodPass = Pass.training(seed: 1, step: number)
    let state = method.makeState(in: methodPass)
    var sums = [Tensor?](repeating: nil, count: others.count)
    var loss = 0.0
    let costs = rows.map(\.ids.count)
    for share in RowSplit.shares(costs: costs, parts: replicas) where !share.isEmpty {
      let pass = Pass.training(seed: 1, step: number)
      guard let tape = pass.tape else { continue }
      let own = state.map { tape.variable($0.value) }
      let (_, logits) = logits(of: share, state: own, in: pass)
      let part = crossEntropy(
        logits, labels: share.map { labels[$0] }, scale: 1 / Float(rows.count))
      tape.pullback(from: part)
      loss += Double(part.value.values[0])
      for (variable, leaf) in zip(state.tables, own.tables) {
        if let gradient = leaf.gradient { variable.accumulate(gradient) }
      }
      for (index, parameter) in others.enumerated() {
        add(pass.gradient(of: parameter), to: &sums[index])
      }
    }
    methodPass.tape?.playBackwards()
    return Step(
      loss: loss,
      gradients: method.parameters.map { methodPass.gradient(of: $0) } + sums)
  }

  /// What the head reads and says of some rows.
  func logits(
    of share: [Int], state: PromptState, in pass: Pass
  ) -> (states: Variable, logits: Variable) {
    let batch = Batch(share.map { rows[$0] }, numbers: share)
    let states = backbone.sequenceStates(
      of: batch, prompts: state, pooling: pooling, dropout: dropout, in: pass)
    return (states, head(states, in: pass))
  }

  /// The logits of all rows without training.
  func logits(state: PromptState) -> Tensor {
    logits(of: Array(rows.indices), state: state, in: .inference()).logits.value
  }
}
