// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

/// A row and what a head reads of it.
struct ReadRow: Sendable {
  /// The row.
  var row: Row
  /// The slots, counted from the row's first, whose states are read; nil for one pooled state.
  var slots: [Int32]?
}

/// One backbone with several prompts and their heads: hidden states at the slots that anyone reads,
/// then each prompt's head on its own.
///
/// Rows of all kinds of task and of all prompts share a batch.
struct HeadPass: Sendable {
  let backbone: any Backbone
  let tables: PromptTables<Tensor>
  let poolings: [Pooling]
  let heads: [Linear]

  /// Gives the states of some rows below all prompts.
  typealias Lower = @Sendable (_ places: [Int], _ rows: [Row]) -> LowerStates

  // Enough slots for products to run at full speed, few enough for activations to stay in the cache.
  private static let slotBudget = 512

  /// What the heads give for rows, each by the head of the prompt that it names, in the rows' order.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - lower: What is kept of the layers below the prompts, by the rows' places in the list.
  ///   - team: The threads.
  /// - Returns: For each row the outputs for each state that is read, state after state.
  func outputs(
    of rows: [ReadRow], above lower: Lower? = nil, team: ThreadTeam
  ) -> [[Float]] {
    values(of: rows, above: lower, team: team) { heads[$0]($1, in: $2) }
  }

  /// What the heads read: the states of each row, in the rows' order.
  func states(of rows: [ReadRow], team: ThreadTeam) -> [[Float]] {
    values(of: rows, above: nil, team: team) { _, states, _ in states }
  }

  // What `make` makes of the states of each prompt's rows.
  private func values(
    of rows: [ReadRow], above lower: Lower?, team: ThreadTeam,
    _ make: @Sendable (_ prompt: Int, _ states: Variable, _ pass: Pass) -> Variable
  ) -> [[Float]] {
    let costs = rows.map(\.row.ids.count)
    return team.share(costs: costs, amount: costs.reduce(0, +), budget: Self.slotBudget) { share in
      let own = share.map { rows[$0] }
      return values(of: own, above: lower?(share, own.map(\.row)), make)
    }
  }

  // One batch on the calling thread.
  private func values(
    of rows: [ReadRow], above lower: LowerStates?,
    _ make: (_ prompt: Int, _ states: Variable, _ pass: Pass) -> Variable
  ) -> [[Float]] {
    let batch = Batch(rows.map(\.row))
    let pass = Pass.inference()
    let reading = BatchReading(rows, of: batch) { poolings[batch.prompts[$0]] }
    let hidden = backbone.hiddenStates(
      of: batch, prompts: tables.map { Variable($0) }, above: lower, reading: reading.reading,
      dropout: 0, in: pass)
    var values = [[Float]](repeating: [], count: batch.count)
    for prompt in Set(batch.prompts).sorted() {
      let own = batch.prompts.indices.filter { batch.prompts[$0] == prompt }
      let states = reading.states(
        of: own, in: hidden, batch, pooling: poolings[prompt], backbone, pass)
      let made = make(prompt, states, pass).value
      var first = 0
      for row in own {
        let count = (rows[row].slots?.count ?? 1) * made.columns
        values[row] = (first..<first + count).map { made.buffer[$0] }
        first += count
      }
    }
    return values
  }
}

/// What is read of a batch, and where it is found among the states that are computed for it.
struct BatchReading {
  /// What is computed.
  let reading: Reading

  private let slots: [[Int32]]  // of each row, in the batch
  private let starts: [Int32]  // of each row, among the states
  private let isPooled: [Bool]  // each row, to one state
  private let readsAll: Bool

  /// What rows and poolings say.
  init(_ rows: [ReadRow], of batch: Batch, pooling: (_ row: Int) -> Pooling) {
    let isPooled = rows.map { $0.slots == nil }
    readsAll = rows.indices.contains { isPooled[$0] && pooling($0) == .mean }
    slots = rows.indices.map { row in
      rows[row].slots?.map { batch.offsets[row] + $0 }
        ?? [pooling(row).slot(of: row, in: batch)]
    }
    self.isPooled = isPooled
    starts = slots.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1.count)) }
    reading = readsAll ? .all : .slots(slots.flatMap(\.self))
  }

  /// The states of some rows [states read, width], all of one prompt.
  func states(
    of rows: [Int], in hidden: Variable, _ batch: Batch, pooling: Pooling,
    _ backbone: any Backbone, _ pass: Pass
  ) -> Variable {
    let isPooled = rows.allSatisfy { self.isPooled[$0] }
    if isPooled, pooling == .mean {
      return meanRows(
        of: hidden, begin: rows.map { batch.textBegin[$0] }, end: rows.map { batch.textEnd[$0] })
    }
    let places = rows.flatMap { row in
      readsAll ? slots[row] : (0..<Int32(slots[row].count)).map { starts[row] + $0 }
    }
    let states = PrompterAutodiff.rows(places, of: hidden)
    return isPooled && pooling.usesPooler ? backbone.pooled(states, in: pass) : states
  }
}

extension Backbone {
  /// What a head reads of the rows of a batch, all under one prompt [states read, width].
  func readStates(
    of rows: [ReadRow], numbers: [Int], prompts: PromptState, above lower: LowerStates?,
    pooling: Pooling, dropout: Float, in pass: Pass
  ) -> Variable {
    let batch = Batch(rows.map(\.row), numbers: numbers)
    guard rows.contains(where: { $0.slots != nil }) else {
      return sequenceStates(
        of: batch, prompts: prompts, above: lower, pooling: pooling, dropout: dropout, in: pass)
    }
    return hiddenStates(
      of: batch, prompts: prompts, above: lower,
      reading: BatchReading(rows, of: batch) { _ in .cls }.reading, dropout: dropout, in: pass)
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
