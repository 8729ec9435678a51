// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// The objects of a JSON file, read one by one so that each error names its line.
struct JSONObjects {
  /// Where an object is.
  struct Place {
    var range: Range<Int>
    var line: Int
  }

  let bytes: [UInt8]
  let file: String
  let format: DataFormat

  /// Where the array of the objects is, if it is a part of the file.
  private let list: Range<Int>?

  init(_ bytes: [UInt8], file: String, format: DataFormat, list: Range<Int>? = nil) {
    self.bytes = bytes
    self.file = file
    self.format = format
    self.list = list
  }

  /// Where the objects are: one a line, or the elements of an array.
  func places() throws -> [Place] {
    if let list {
      var elements = JSONArrayElements(bytes, list, file: file)
      return try elements.all().map { Place(range: $0.range, line: $0.number) }
    }
    let text = Byte.trimmed(Byte.start(of: bytes)..<bytes.count, of: bytes)
    guard format == .json, !text.isEmpty, bytes[text.lowerBound] == Byte.openBracket else {
      // An object over several lines is one row.
      if format == .json, !text.isEmpty, bytes[text].contains(Byte.lineFeed),
        (try? SpelledJSON(bytes, in: text)) != nil
      {
        let start = bytes[..<text.lowerBound].count { $0 == Byte.lineFeed }
        return [Place(range: text, line: start + 1)]
      }
      return Lines(bytes).map { Place(range: $0.range, line: $0.number) }
    }
    var elements = JSONArrayElements(bytes, text, file: file)
    return try elements.all().map { Place(range: $0.range, line: $0.number) }
  }

  /// The object at a place.
  ///
  /// - Throws: ``DataError/invalidJSON(file:line:reason:)`` if it is none.
  func object(at place: Place) throws -> JSONField {
    let value = try value(at: place)
    if value.kind == .array {
      throw DataError.misread(file: file, .unnamedValues(line: place.line))
    }
    guard let object = JSONField(root: value, file: file, line: place.line) else {
      throw fault("it is another kind of value", line: place.line)
    }
    return object
  }

  /// The value at a place, of whatever kind.
  func value(at place: Place) throws -> SpelledJSON {
    do {
      return try SpelledJSON(bytes, in: place.range)
    } catch let failure as JSONScanner.Failure {
      throw fault(failure.reason, line: place.line)
    }
  }

  private func fault(_ reason: String, line: Int) -> DataError {
    .invalidJSON(file: file, line: line, reason: reason)
  }
}

extension JSONScanner.Failure {
  /// What is wrong, as the end of a sentence.
  fileprivate var reason: String {
    if found == nil { return "its syntax is wrong: it ends too early" }
    return switch expected {
    case .words("no control character in a string"):
      "a string holds a line end or another control character, which must be written as an escape"
    case .character(let character): "its syntax is wrong: a \(character) should stand \(place)"
    case .escape: "a backslash is followed by what is no escape"
    case .end: "its syntax is wrong: more follows the value"
    case .words(let words): "its syntax is wrong: \(words) should stand \(place)"
    case .surrogatePair, .utf8: "its syntax is wrong"
    }
  }

  private var place: String {
    found.flatMap { 0x21..<0x7F ~= $0 ? "before \(Unicode.Scalar($0))" : nil } ?? "somewhere"
  }
}
