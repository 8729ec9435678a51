// SPDX-License-Identifier: Apache-2.0

package import PrompterAutodiff
package import PrompterCore
package import PrompterKernels
package import PrompterNN
package import PrompterTensor

/// A row and what a head reads of it.
package struct ReadRow: Sendable {
  /// The row.
  package var row: Row
  /// The slots, counted from the row's first, whose states are read; nil for one pooled state.
  package var slots: [Int32]?

  /// A row, and what is read of it.
  package init(row: Row, slots: [Int32]? = nil) {
    self.row = row
    self.slots = slots
  }
}

/// One backbone with several prompts and their heads: hidden states at the slots that anyone reads,
/// then each prompt's head on its own.
///
/// Rows of all kinds of task and of all prompts share a batch. Rows that follow each other and have
/// one text share what is computed below their prompts.
package struct HeadPass: Sendable {
  package let backbone: any Backbone
  let prompts: [ResidentPrompt]
  let poolings: [Pooling]
  let heads: [Linear]

  /// Gives the states of some rows below all prompts.
  package typealias Lower =
    @Sendable (_ places: [Int], _ rows: [Row], _ prompts: PromptTables<Tensor>) -> LowerStates

  // Makes what is asked for of the states of a prompt's rows.
  private typealias Maker =
    @Sendable (_ prompt: Int, _ states: Variable, _ pass: Pass) -> Variable

  // Enough slots for products to run at full speed, few enough for activations to stay in the
  // cache.
  private static let slotBudget = 512

  /// A pass of prompts, each with what its head reads and its head.
  package init(
    backbone: any Backbone, prompts: [ResidentPrompt], poolings: [Pooling], heads: [Linear]
  ) {
    self.backbone = backbone
    self.prompts = prompts
    self.poolings = poolings
    self.heads = heads
  }

  /// What the heads give for rows, each by the head of the prompt that it names, in the rows'
  /// order.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - lower: What is kept of the layers below the prompts, by the rows' places in the list.
  ///   - team: The threads.
  /// - Returns: For each row the outputs for each state that is read, state after state.
  package func outputs(
    of rows: [ReadRow], above lower: Lower? = nil, team: ThreadTeam
  ) -> [[Float]] {
    values(of: rows, above: lower, team: team) { heads[$0]($1, in: $2) }
  }

  /// What the heads read: the states of each row, in the rows' order.
  package func states(of rows: [ReadRow], team: ThreadTeam) -> [[Float]] {
    values(of: rows, above: nil, team: team) { _, states, _ in states }
  }

  private func values(
    of rows: [ReadRow], above lower: Lower?, team: ThreadTeam, _ make: @escaping Maker
  ) -> [[Float]] {
    let units = TextUnit.units(
      of: rows, prompts, layerCount: backbone.layerCount, sharing: lower == nil)
    var values = [[Float]](repeating: [], count: rows.count)
    for (layers, own) in Dictionary(grouping: units, by: \.sharedLayers) {
      let costs = own.map(\.cost)
      let found = team.share(
        costs: costs, amount: costs.reduce(0, +), budget: Self.slotBudget
      ) { share in
        let places = share.flatMap { own[$0].rows }
        var found = self.values(
          of: places.map { rows[$0] }, at: places, above: lower, sharing: layers, make)[...]
        return share.map { unit in
          defer { found = found.dropFirst(own[unit].rows.count) }
          return Array(found.prefix(own[unit].rows.count))
        }
      }
      for (unit, found) in zip(own, found) {
        for (row, found) in zip(unit.rows, found) { values[row] = found }
      }
    }
    return values
  }

  // One batch on the calling thread.
  private func values(
    of rows: [ReadRow], at places: [Int], above lower: Lower?, sharing layers: Int, _ make: Maker
  ) -> [[Float]] {
    let (tables, served) = PromptTables.serving(rows.map(\.row), of: prompts, for: backbone)
    let (pass, state) = (Pass.inference(), tables.map { Variable($0) })
    let reading = BatchReading(
      zip(rows, served).map { ReadRow(row: $1, slots: $0.slots) },
      poolings: rows.map { poolings[$0.row.prompt] }
    ) { prompts[rows[$0].row.prompt].isEmpty }
    let known =
      layers > 0
      ? backbone.lowerStates(
        of: reading.batchRows, prompts: state, through: layers, in: pass)
      : lower?(places, reading.batchRows, tables)
    let hidden = backbone.hiddenStates(
      of: reading.batch, prompts: state, above: known, reading: reading.reading, dropout: 0,
      in: pass)
    var values = [[Float]](repeating: [], count: rows.count)
    for (prompt, own) in Dictionary(grouping: rows.indices, by: { rows[$0].row.prompt }) {
      let states = reading.states(of: own, in: hidden, backbone, pass)
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

/// Rows that follow each other and have one text, under one prompt or several.
private struct TextUnit {
  /// Their places.
  let rows: Range<Int>
  /// How many layers compute the same for all of them; 0 for a row by itself.
  let sharedLayers: Int
  /// What they cost together, in slots that pass all layers.
  let cost: Int

  // So many rows that what is shared costs little beside the rest, and no more: a unit is one
  // batch.
  private static let longest = 64

  static func units(
    of rows: [ReadRow], _ prompts: [ResidentPrompt], layerCount: Int, sharing: Bool
  ) -> [TextUnit] {
    var units: [TextUnit] = []
    var first = 0
    // A row with a prompt in the first layer shares nothing, and goes where there is room for it.
    func below(_ row: Int) -> Int {
      sharing && prompts.count > 1
        ? min(prompts[rows[row].row.prompt].layersBelow(of: layerCount), layerCount - 1) : 0
    }
    while first < rows.count {
      var (end, shared) = (first + 1, below(first))
      while shared > 0, end < rows.count, end - first < longest,
        rows[end].row.hasText(of: rows[first].row), below(end) > 0
      {
        shared = min(shared, below(end))
        end += 1
      }
      if end - first == 1 { shared = 0 }
      let layers = shared + (end - first) * (layerCount - shared)
      units.append(
        TextUnit(
          rows: first..<end, sharedLayers: shared,
          cost: max(1, rows[first].row.ids.count * layers / layerCount)))
      first = end
    }
    return units
  }
}

extension Row {
  /// Whether two rows have one text, whatever their prompts are.
  func hasText(of other: Row) -> Bool {
    ids == other.ids && segments == other.segments
  }
}

extension Backbone {
  /// What a head reads of the rows of a batch, all under one prompt [states read, width].
  package func readStates(
    of rows: [ReadRow], numbers: [Int], prompts: PromptState, above lower: LowerStates?,
    pooling: Pooling, dropout: Float, in pass: Pass
  ) -> Variable {
    guard rows.contains(where: { $0.slots != nil }) else {
      return sequenceStates(
        of: Batch(rows.map(\.row), numbers: numbers), prompts: prompts, above: lower,
        pooling: pooling, dropout: dropout, in: pass)
    }
    let reading = BatchReading(rows, numbers: numbers, poolings: rows.map { _ in pooling })
    let hidden = hiddenStates(
      of: reading.batch, prompts: prompts, above: lower, reading: reading.reading, dropout: dropout,
      in: pass)
    return reading.states(of: Array(rows.indices), in: hidden, self, pass)
  }
}

extension Linear {
  /// A frozen layer over the same values.
  ///
  /// Its products give a row the same bits whatever rows stand beside it.
  package func frozen() -> Linear {
    Linear(
      weight: Parameter(weight.name, weight.value, isTrained: false),
      bias: Parameter(bias.name, bias.value, isTrained: false))
  }
}
