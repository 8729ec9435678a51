// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor
internal import Synchronization

/// What one layer makes of the table of relative positions: queries and keys of positions.
///
/// Of frozen weights they are constants. They are computed when a batch first needs them, again
/// when one needs farther ones, and kept.
struct DeBERTaProjections: Sendable {
  private let own: Linear?  // queries before keys; nil where a layer's other projections serve
  private let terms: Set<DeBERTaV2.Configuration.Term>
  private let width: Int
  private let kept = Kept()

  init(from loader: ParameterLoader, _ c: DeBERTaV2.Configuration) throws {
    let names = c.ownProjections
    own =
      names.isEmpty ? nil : try loader.joinedLinear(names, outputs: c.width, inputs: c.width)
    terms = c.terms
    width = c.width
  }

  var parameters: [Parameter] { own?.parameters ?? [] }
  var linearMap: LinearMap? { own?.linearMap }

  /// What attention takes of the positions that a batch sees.
  ///
  /// - Parameters:
  ///   - positions: The table.
  ///   - seen: The part of it that the batch sees.
  ///   - layer: The layer's projections of hidden states, queries before keys before others.
  ///   - pass: What all take part in.
  /// - Returns: Queries and keys of positions, as far as scores have terms with them.
  func callAsFunction(
    _ positions: DeBERTaPositions, _ seen: DeBERTaPositions.Seen, of layer: Linear, in pass: Pass
  ) -> PositionProjections {
    let linear = own ?? layer
    let (rows, projected) =
      seen.states.map { states in
        let keys = seen.rows.map { UInt32($0) }
        return (seen.rows, linear(dropped(states, seen.dropout, keys, pass), in: pass))
      } ?? kept(covering: seen.rows, of: positions, through: linear, width: 2 * width, in: pass)
    let isBoth = own == nil || terms.count == 2
    return PositionProjections(
      projected, keys: terms.contains(.contentToPosition) ? (isBoth ? width : 0) : nil,
      queries: terms.contains(.positionToContent) ? 0 : nil,
      rows: seen.places.map { Int32($0 - rows.lowerBound) })
  }
}

// Projections of some rows of a frozen table, shared by all threads.
private final class Kept: Sendable {
  private let found = Mutex<(rows: Range<Int>, projected: Tensor)?>(nil)

  func callAsFunction(
    covering rows: Range<Int>, of positions: DeBERTaPositions, through linear: Linear, width: Int,
    in pass: Pass
  ) -> (Range<Int>, Variable) {
    let (rows, projected) = found.withLock { found in
      if let found, found.rows.clamped(to: rows) == rows { return found }
      let wider = positions.rounded(rows)
      let all = linear(positions.states(wider, in: pass), in: pass)
      let projected = all.value.columns > width ? columns(0..<width, of: all) : all
      found = (wider, projected.value)
      return (wider, projected.value)
    }
    return (rows, Variable(projected))
  }
}
