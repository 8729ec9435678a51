// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// The columns that hold a question's choices in public data sets: one with a list, or one for each
/// choice.
struct ChoiceColumns {
  /// What a list is called: in RACE `options`, in HellaSwag `endings`.
  let lists: [String]
  /// What the names of columns with a choice each begin with, before a number or a capital letter:
  /// COPA's `choice1`, SWAG's `ending0`, Social IQa's `answerA`, PIQA's `sol1`.
  let beginnings: [String]

  /// The usual names, or the one that a user gives.
  init(named name: String? = nil) {
    lists = name.map { [$0] } ?? ["choices", "options", "endings"]
    beginnings = name.map { [$0] } ?? ["choice", "option", "ending", "answer", "sol"]
  }

  /// Whether a column may be one of them.
  func expects(_ column: String) -> Bool {
    Fields.position(of: column, in: lists) != nil
      || beginnings.contains { rank(of: column, $0) != nil }
  }

  // The number, or the place in the alphabet, at the end of a name.
  private func rank(of column: String, _ beginning: String) -> Int? {
    let (name, start) = (Array(column.utf8), Array(beginning.utf8))
    guard name.count > start.count,
      zip(name, start).allSatisfy({ $0 | 0x20 == $1 | 0x20 })
    else { return nil }
    let rest = name[start.count...].drop { $0 == UInt8(ascii: "_") }
    if rest.count == 1, let letter = rest.first, 0x41...0x5A ~= letter { return Int(letter) - 0x41 }
    guard rest.count < 6, rest.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
    return Int(String(decoding: rest, as: UTF8.self))
  }

  /// The choices of a row, of whose columns the values are known.
  ///
  /// - Returns: The choices with what they are called; nil if there is neither a list nor a column
  ///   of a choice.
  func choices(in row: [String: String]) throws(Fault) -> Choices? {
    let columns = row.keys.sorted()
    for name in lists {
      guard let place = Fields.position(of: name, in: columns) else { continue }
      return try Choices(list: row[columns[place]] ?? "")
    }
    for beginning in beginnings {
      let own = columns.compactMap { name in rank(of: name, beginning).map { (name, $0) } }
        .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
      if !own.isEmpty { return try Choices(own.map { ($0.0, row[$0.0] ?? "") }) }
    }
    return nil
  }

  /// What is wrong with choices.
  struct Fault: Error {
    let reason: String
  }
}

/// The choices of a question, and what its label may call them.
struct Choices {
  let texts: [String]
  /// The names of the choices, of their columns or in their list; none in a list of texts alone.
  let names: [String]

  /// Choices in columns of their own, of which the last ones may be blank.
  init(_ columns: [(name: String, text: String)]) throws(ChoiceColumns.Fault) {
    let count = (columns.lastIndex { !$0.text.trimmed.isEmpty } ?? -1) + 1
    texts = columns.prefix(count).map(\.text)
    names = columns.prefix(count).map(\.name)
    if let blank = columns.prefix(count).first(where: { $0.text.trimmed.isEmpty }) {
      throw ChoiceColumns.Fault(reason: "the choice \(DataError.quoted(blank.name)) is blank")
    }
  }

  /// A list as JSON spells it: of texts, or, as in ARC and CommonsenseQA, of texts with labels.
  init(list: String) throws(ChoiceColumns.Fault) {
    guard let value = try? SpelledJSON(Array(list.utf8)),
      let (texts, names) = Self.named(value) ?? Self.unnamed(value)
    else { throw ChoiceColumns.Fault(reason: "the choices are no list of texts") }
    (self.texts, self.names) = (texts, names)
    guard texts.allSatisfy({ !$0.trimmed.isEmpty }) else {
      throw ChoiceColumns.Fault(reason: "one of the choices is blank")
    }
  }

  private static func unnamed(_ list: SpelledJSON) -> ([String], [String])? {
    texts(of: list).map { ($0, []) }
  }

  // {"text": [...], "label": [...]}, or [{"text": ..., "label": ...}, ...].
  private static func named(_ value: SpelledJSON) -> ([String], [String])? {
    if let texts = value.member("text").flatMap(Self.texts),
      let names = value.member("label").flatMap(Self.texts), texts.count == names.count
    {
      return (texts, names)
    }
    guard let elements = value.elements, !elements.isEmpty else { return nil }
    let pairs = elements.compactMap { element -> (String, String)? in
      guard let text = element.member("text")?.text, let name = element.member("label")?.text else {
        return nil
      }
      return (text, name)
    }
    return pairs.count == elements.count ? (pairs.map(\.0), pairs.map(\.1)) : nil
  }

  private static func texts(of list: SpelledJSON) -> [String]? {
    guard let elements = list.elements else { return nil }
    let texts = elements.compactMap(\.text)
    return texts.count == elements.count ? texts : nil
  }

  /// The place of the choice that a label means, counted from 0.
  ///
  /// It may be the number of the choice, counted from 0, its letter, counted from A, its name, or
  /// itself.
  ///
  /// - Throws: ``ChoiceColumns/Fault`` if it means none, or two.
  func place(of label: String) throws(ChoiceColumns.Fault) -> Int {
    func isLabel(_ text: String) -> Bool { text.utf8.elementsEqual(label.utf8) }
    if let place = names.firstIndex(where: isLabel) { return place }
    let counted = Int(label) ?? Self.letter(label)
    let meant = counted.flatMap { texts.indices.contains($0) ? $0 : nil }
    let read = texts.firstIndex(where: isLabel)
    if let meant, let read, meant != read, !isLabel(texts[meant]) {
      throw ChoiceColumns.Fault(
        reason: "the label \(DataError.quoted(label)) is choice \(read) by its text and choice "
          + "\(meant) by its number")
    }
    guard let place = meant ?? read else {
      throw ChoiceColumns.Fault(
        reason: "the label \(DataError.quoted(label)) is none of \(texts.count) choices, which are "
          + "told by their numbers from 0, their letters from A, or their texts")
    }
    return place
  }

  private static func letter(_ label: String) -> Int? {
    guard label.utf8.count == 1, let letter = label.utf8.first, 0x41...0x5A ~= letter else {
      return nil
    }
    return Int(letter) - 0x41
  }
}

extension SpelledJSON {
  /// The last member of a name.
  fileprivate func member(_ name: String) -> SpelledJSON? {
    members?.last { $0.key.utf8.elementsEqual(name.utf8) }?.value
  }

  /// A string, or a number as it is spelled.
  fileprivate var text: String? { string ?? (kind == .number ? spelling : nil) }
}
