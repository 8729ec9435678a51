// SPDX-License-Identifier: Apache-2.0

/// The texts of some rows, each once: what has to be computed below the rows' prompts.
public struct SharedTexts: Sendable {
  /// The first row of each text.
  public let rows: [Row]
  /// For each of all rows the index of its text in ``rows``.
  public let texts: [Int]

  private struct Text: Hashable {
    let ids: [Int32]
    let segments: [Int32]
    let firstPosition: Int32
  }

  /// The texts of rows; rows have one text if they have the same slots and begin at the same
  /// position.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - firstPositions: Where the rows of each prompt begin to count positions.
  public init(_ rows: [Row], firstPositions: [Int32]) {
    var first: [Row] = []
    var places: [Text: Int] = [:]
    texts = rows.map { row in
      let text = Text(
        ids: row.ids, segments: row.segments, firstPosition: firstPositions[row.prompt])
      let place = places[text] ?? first.count
      if places.updateValue(place, forKey: text) == nil { first.append(row) }
      return place
    }
    self.rows = first
  }
}
