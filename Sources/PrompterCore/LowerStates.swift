// SPDX-License-Identifier: Apache-2.0

public import PrompterNN
internal import PrompterAutodiff
public import PrompterTensor

/// The states that a batch's slots have after the lowest layers, computed before.
public struct LowerStates: Sendable {
  /// How many layers they have passed.
  public let layers: Int
  /// [slots, width], or the states of texts of which several rows have one.
  let states: Tensor
  /// For each slot of the batch the row of ``states``; nil if each has one of its own.
  let slots: [Int32]?

  /// States after so many layers.
  public init(layers: Int, states: Tensor) {
    self.init(layers: layers, states: states, slots: nil)
  }

  private init(layers: Int, states: Tensor, slots: [Int32]?) {
    (self.layers, self.states, self.slots) = (layers, states, slots)
  }

  /// The states of a batch's slots [slots, width], which layers take once for all rows of a text.
  var variable: Variable {
    slots.map { assembled($0, constants: Variable(states)) } ?? Variable(states)
  }

  /// The states of a batch's slots, each in a row of its own [slots, width].
  public var slotStates: Tensor { variable.value }

  /// The states of rows that have some of these texts: row r those of text `texts[r]`.
  ///
  /// - Parameters:
  ///   - texts: The text of each row.
  ///   - offsets: Text t owns the slots offsets[t] ..< offsets[t + 1] of these states.
  /// - Returns: [slots of all rows, width].
  public func gathered(_ texts: [Int], offsets: [Int32]) -> LowerStates {
    LowerStates(
      layers: layers, states: states, slots: texts.flatMap { offsets[$0]..<offsets[$0 + 1] })
  }
}

extension Backbone {
  /// What rows are after the lowest layers, each text computed once: for one text under many
  /// prompts, of which the lowest begins above.
  ///
  /// A row's states have the bits that they have without any of this. Rows have one text if they
  /// have the same slots and begin at the same position.
  ///
  /// - Parameters:
  ///   - rows: The rows, in the order in which a batch has them.
  ///   - prompts: The prompts that the rows name.
  ///   - layers: How many layers, fewer than the backbone has and no more than stand below all of
  ///     these prompts; see ``PromptTables/layersBelow``.
  ///   - pass: A pass of inference.
  /// - Returns: The states of a batch of these rows [slots, width].
  public func lowerStates(
    of rows: [Row], prompts: PromptState, through layers: Int, in pass: Pass
  ) -> LowerStates {
    precondition(
      layers > 0 && layers < layerCount && layers <= prompts.layersBelow,
      "A prompt begins below these layers.")
    let shared = SharedTexts(rows, firstPositions: prompts.firstPositions)
    let batch = Batch(shared.rows)
    let states = hiddenStates(
      through: 0..<layers,
      from: embeddings(of: batch, prompts: prompts, dropout: 0, in: pass), of: batch,
      prompts: prompts, reading: .all, dropout: 0, in: pass)
    let lower = LowerStates(layers: layers, states: states.value)
    guard shared.rows.count < rows.count else { return lower }
    return lower.gathered(shared.texts, offsets: batch.offsets)
  }
}
