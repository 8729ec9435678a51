// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// A sentence, a span of it, and a pronoun that may refer to the span: an example of WSC.
struct PronounSentence {
  var text: String
  var span: String
  /// The number of the span's first word, between blanks; nil where the file does not say.
  var spanIndex: Int?
  var pronoun: String
  /// The number of the pronoun.
  var pronounIndex: Int
  /// Whether the pronoun refers to the span, as the file spells it.
  var label: String?
  var line: Int

  /// The columns of flat copies that must be there.
  static let columns = ["text", "span1_text", "span2_text"]
  /// Those that say where the spans are.
  static let indices = ["span1_index", "span2_index"]

  /// Whether a file has objects within objects, as SuperGLUE's own has.
  static func areNested(in objects: JSONObjects) throws -> Bool {
    try objects.holdsObject(at: "target")
  }

  /// A line of SuperGLUE's own file.
  init(nested row: JSONField, line: Int) throws {
    let spans = try row.member("target")
    label = try row.memberIfPresent("label")?.label()
    text = try row.member("text").text()
    span = try spans.member("span1_text").text()
    spanIndex = try? spans.memberIfPresent("span1_index")?.integer()
    pronoun = try spans.member("span2_text").text()
    pronounIndex = try spans.member("span2_index").integer()
    self.line = line
  }

  /// A flat row, whose spans are columns of their own.
  ///
  /// - Throws: ``DataError`` if the pronoun has no place.
  init(_ row: TextRow, file: String) throws {
    let name = "span2_index"
    guard let place = row.values[name] else {
      throw DataError.missingField(file: file, line: row.line, field: name)
    }
    guard let index = Int(place.trimmed) else {
      throw DataError.wrongType(
        file: file, line: row.line, field: name, expected: "a whole number")
    }
    func value(_ name: String) -> String { row.values[name] ?? "" }
    (text, span, pronoun) = (value("text"), value("span1_text"), value("span2_text"))
    spanIndex = Int(value("span1_index").trimmed)
    (pronounIndex, label, line) = (index, row.targets.first, row.line)
  }
}
