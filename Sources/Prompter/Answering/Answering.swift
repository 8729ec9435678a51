// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

/// One backbone with several prompts and their heads, answering batches of mixed rows.
struct Answering: Sendable {
  let backbone: any Backbone
  let tables: PromptTables<Tensor>
  let poolings: [Pooling]
  let heads: [Linear]

  // Enough slots for products to run at full speed, few enough for activations to stay in the cache.
  private static let slotBudget = 512

  /// The logits of rows, each by the head of the prompt that it names, in the rows' order.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - lower: What is kept of the layers below the prompts, row r being example r.
  ///   - team: The threads.
  /// - Returns: A value for each label, for each row.
  func logits(
    of rows: [Row], above lower: LowerStateCache? = nil, team: ThreadTeam
  ) -> [[Float]] {
    answers(to: rows, above: lower, team: team) { heads[$0]($1, in: $2) }
  }

  /// What the heads read: one pooled state for each row, in the rows' order.
  func sequenceStates(of rows: [Row], team: ThreadTeam) -> [[Float]] {
    answers(to: rows, above: nil, team: team) { _, states, _ in states }
  }

  // What `answer` makes of the states of each prompt's rows.
  private func answers(
    to rows: [Row], above lower: LowerStateCache?, team: ThreadTeam,
    _ answer: @Sendable (_ prompt: Int, _ states: Variable, _ pass: Pass) -> Variable
  ) -> [[Float]] {
    let costs = rows.map(\.ids.count)
    return team.share(costs: costs, amount: costs.reduce(0, +), budget: Self.slotBudget) { share in
      let own = share.map { rows[$0] }
      let lower = lower?.states(of: share, own, on: backbone, prompts: tables)
      return answers(to: own, above: lower, answer)
    }
  }

  // One batch on the calling thread.
  private func answers(
    to rows: [Row], above lower: LowerStates?,
    _ answer: (_ prompt: Int, _ states: Variable, _ pass: Pass) -> Variable
  ) -> [[Float]] {
    let batch = Batch(rows)
    let pass = Pass.inference()
    let readsAll = batch.prompts.contains { poolings[$0] == .mean }
    let hidden = backbone.hiddenStates(
      of: batch, prompts: tables.map { Variable($0) }, above: lower,
      reading: readsAll
        ? .all
        : .slots(batch.prompts.indices.map { poolings[batch.prompts[$0]].slot(of: $0, in: batch) }),
      dropout: 0, in: pass)
    var answers = [[Float]](repeating: [], count: batch.count)
    for prompt in Set(batch.prompts).sorted() {
      let own = batch.prompts.indices.filter { batch.prompts[$0] == prompt }
      let states = sequenceStates(
        hidden, of: batch, rows: own, readsAll: readsAll, poolings[prompt], pass)
      let values = answer(prompt, states, pass).value
      for (place, row) in own.enumerated() {
        answers[row] = (0..<values.columns).map { values.buffer[place * values.columns + $0] }
      }
    }
    return answers
  }

  private func sequenceStates(
    _ hidden: Variable, of batch: Batch, rows own: [Int], readsAll: Bool, _ pooling: Pooling,
    _ pass: Pass
  ) -> Variable {
    if pooling == .mean {
      return meanRows(
        of: hidden, begin: own.map { batch.textBegin[$0] }, end: own.map { batch.textEnd[$0] })
    }
    let indices = own.map { readsAll ? pooling.slot(of: $0, in: batch) : Int32($0) }
    let states = PrompterAutodiff.rows(indices, of: hidden)
    return pooling.usesPooler ? backbone.pooled(states, in: pass) : states
  }
}

extension Linear {
  /// A frozen layer over the same values.
  ///
  /// Its products give a row the same bits whatever rows stand beside it.
  func frozen() -> Linear {
    Linear(
      weight: Parameter(weight.name, weight.value, isTrained: false),
      bias: Parameter(bias.name, bias.value, isTrained: false))
  }
}

/// The softmax of logits, in double precision.
func probabilities(of logits: [Float]) -> [Double] {
  let exponentials = logits.map { exp(Double($0) - Double(logits.max() ?? 0)) }
  let sum = exponentials.reduce(0, +)
  return exponentials.map { $0 / sum }
}

/// The first index of the largest value.
func indexOfMaximum(_ values: [Float]) -> Int {
  values.indices.max { values[$0] < values[$1] || (values[$0] == values[$1] && $0 > $1) } ?? 0
}
