// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterNN
internal import PrompterTensor

/// The table of relative positions that all layers share.
struct DeBERTaPositions: Sendable {
  let table: Parameter  // [2 span, width]
  let norm: LayerNorm?
  let distances: DeBERTaDistances

  init?(from loader: ParameterLoader, _ c: DeBERTaV2.Configuration) throws {
    // Without terms nothing is read of the table, even if there is one.
    guard let positions = c.positions, !c.terms.isEmpty else { return nil }
    distances = positions.distances
    table = try loader.table("rel_embeddings.weight", [2 * distances.span, c.width])
    norm =
      positions.isNormalized
      ? try loader["LayerNorm"].layerNorm(width: c.width, epsilon: c.epsilon) : nil
  }

  var parameters: [Parameter] { [table] + (norm?.parameters ?? []) }

  /// What the layers need of the table for a batch.
  func seen(by batch: Batch, dropout: Float, in pass: Pass) -> Seen {
    let longest = zip(batch.offsets, batch.offsets.dropFirst()).map { $1 - $0 }.max() ?? 1
    let reach = Int(longest) - 1
    // From the last of the table's rows to the first.
    let places = (-reach...reach).map { distances.row(of: $0) }
    let rows = (places.last ?? 0)..<(places.first ?? 0) + 1
    let changes = pass.tape != nil && (table.isTrained || dropout > 0)
    return Seen(
      rows: rows, places: places, states: changes ? states(rows, in: pass) : nil,
      dropout: dropout)
  }

  /// Some rows of the table, normalised.
  func states(_ range: Range<Int>, in pass: Pass) -> Variable {
    let states = rows(range.map { Int32($0) }, of: pass(table))
    return norm.map { $0(states, in: pass) } ?? states
  }

  /// The rows for distances to a power of two that are not fewer than some.
  func rounded(_ range: Range<Int>) -> Range<Int> {
    let needed = max(distances.span - range.lowerBound, range.upperBound - distances.span, 1)
    var half = 1
    while half < needed { half *= 2 }
    half = min(half, distances.span)
    return distances.span - half..<distances.span + half
  }

  /// The part of the table that a batch's distances are in.
  struct Seen {
    let rows: Range<Int>
    /// The table's row of each distance, from the one farthest before a query.
    let places: [Int]
    /// The rows, if training changes them or drops some of their values; else what layers made of
    /// them once will do.
    let states: Variable?
    let dropout: Float
  }
}
