// SPDX-License-Identifier: Apache-2.0

/// What a variable was assembled of: rows that are constants, and rows of which a batch has many
/// copies, as each of its texts has those of a prompt.
///
/// A layer that takes every row by itself gives copies the same values. So it need take each row
/// once, and its pullback one row for all copies and none for constants: see
/// ``Variable/mappingRows(_:)``.
struct Assembly {
  /// For each row of the whole, a row of ``constants``, or −1 − i for row i of ``copied``.
  let slots: [Int32]
  /// Rows that stand in one place each [rows, columns].
  let constants: Variable
  /// Rows that stand in several [rows, columns]; nil where copies, too, are of constants.
  let copied: Variable?
}

/// x[s] = row slots[s] of `constants` or, for −1 − i, row i of `copied`.
///
/// The pullback adds dx[s] to the row of `copied` it came from.
///
/// - Parameters:
///   - slots: For each row of x, where it comes from.
///   - constants: [rows, columns], not recorded.
///   - copied: [rows, columns], if any slot is of these.
/// - Returns: x [as many rows as slots, columns].
public func assembled(
  _ slots: [Int32], constants: Variable, copied: Variable? = nil
) -> Variable {
  precondition(!constants.isRecorded, "Constants have no gradients.")
  let whole = embedding(slots, tokens: constants, virtualTokens: copied)
  whole.assembly = Assembly(slots: slots, constants: constants, copied: copied)
  return whole
}

/// What an embedding makes of slots, assembled of words and of each virtual token once where the
/// words' rows are constants and the virtual tokens' rows are copies of each other.
///
/// - Parameters:
///   - slots: The origin of each slot.
///   - virtualTokens: [virtual tokens of all prompts, width], if any slot is virtual.
///   - embed: The embedding of some slots and virtual tokens.
/// - Returns: A row for each slot.
public func assembled(
  _ slots: EmbeddingSlots, virtualTokens: Variable?,
  by embed: (_ slots: EmbeddingSlots, _ virtualTokens: Variable?) -> Variable
) -> Variable {
  if let parts = slots.apart() {
    let words = embed(parts.words, nil)
    if !words.isRecorded {
      return assembled(
        parts.slots, constants: words, copied: embed(parts.virtualTokens, virtualTokens))
    }
  }
  return embed(slots, virtualTokens)
}

extension Variable {
  /// What a layer makes of each row by itself: of each row once, if this variable was assembled of
  /// rows some of which are copies; see ``assembled(_:constants:copied:)``.
  ///
  /// - Parameter layer: A layer without a state, such as a product with a weight.
  /// - Returns: The layer's rows, one for each of this variable's.
  public func mappingRows(_ layer: (Variable) -> Variable) -> Variable {
    guard let assembly else { return layer(self) }
    return assembled(
      assembly.slots, constants: layer(assembly.constants), copied: assembly.copied.map(layer))
  }
}

extension EmbeddingSlots {
  /// The slots of words, each virtual token once, and which of the two each slot is of: as
  /// ``assembled(_:constants:copied:)`` takes them.
  ///
  /// - Returns: `nil` if there are no virtual tokens, no words, or if one virtual token stands at
  ///   several positions or in several segments, so that its copies differ.
  public func apart() -> (words: EmbeddingSlots, virtualTokens: EmbeddingSlots, slots: [Int32])? {
    var (words, once) = (Rows(), Rows())
    var places: [Int32: Int32] = [:]
    var slots: [Int32] = []
    slots.reserveCapacity(tokens.count)
    for slot in tokens.indices {
      let row = (tokens[slot], positions[slot], segments[slot])
      guard row.0 < 0 else {
        slots.append(Int32(words.tokens.count))
        words.append(row)
        continue
      }
      let place = places[row.0] ?? Int32(once.tokens.count)
      if places.updateValue(place, forKey: row.0) == nil {
        once.append(row)
      } else if once.positions[Int(place)] != row.1 || once.segments[Int(place)] != row.2 {
        return nil
      }
      slots.append(-1 - place)
    }
    guard !words.tokens.isEmpty, !once.tokens.isEmpty else { return nil }
    return (words.slots, once.slots, slots)
  }

  private struct Rows {
    var (tokens, positions, segments) = ([Int32](), [Int32](), [Int32]())

    mutating func append(_ row: (token: Int32, position: Int32, segment: Int32)) {
      tokens.append(row.token)
      positions.append(row.position)
      segments.append(row.segment)
    }

    var slots: EmbeddingSlots {
      EmbeddingSlots(tokens: tokens, positions: positions, segments: segments)
    }
  }
}
