// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff

/// Where the answer to a question stands in each of its windows.
public struct SpanTarget: Sendable {
  /// Where it stands in a window: among what is read of it, whose first place says that the window
  /// has no answer.
  public struct Place: Sendable, Equatable {
    /// The place of the answer's first token.
    public var start: Int32
    /// The place of its last token.
    public var end: Int32

    /// No answer.
    static let none = Place(start: 0, end: 0)
  }

  /// A place for each window.
  public let places: [Place]

  /// The windows, as they are read.
  let rows: [EncodedInput]
  /// The question.
  let example: SpanExample

  init(_ example: SpanExample, read rows: [EncodedInput]) {
    self.example = example
    self.rows = rows
    let span = example.span
    places = rows.map { row in span.flatMap { row.place(of: $0) } ?? .none }
  }

  /// What the loss needs: each question counts once, however many windows it has.
  var groups: [SpanGroup] {
    zip(places, rows).map { place, row in
      SpanGroup(
        count: row.readOffsets.count, start: place.start, end: place.end,
        weight: 1 / Double(rows.count))
    }
  }

  /// The target in numbers.
  var numbers: [Int32] {
    [Int32(places.count), (example.answers?.isEmpty).map { $0 ? 1 : 2 } ?? 0]
      + places.flatMap { [$0.start, $0.end] }
  }
}

extension EncodedInput {
  /// The places among what is read of a window of the tokens that cover some scalars of its text;
  /// nil if the window does not have all of them.
  func place(of span: Range<Int>) -> SpanTarget.Place? {
    let own = readOffsets.dropFirst()
    guard let first = own.first, let last = own.last, first.lowerBound <= span.lowerBound,
      last.upperBound >= span.upperBound,
      let start = own.firstIndex(where: { $0.upperBound > span.lowerBound }),
      let end = own.lastIndex(where: { $0.lowerBound < span.upperBound }), start <= end
    else { return nil }
    return SpanTarget.Place(start: Int32(start), end: Int32(end))
  }
}
