// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// A value in a row of JSON, which knows where it is, so that a complaint about it can say so.
struct JSONField {
  /// As in `passage.questions[2].answers`; empty for the row itself.
  let path: String

  private let value: SpelledJSON
  private let members: [(key: String, value: SpelledJSON)]
  private let file: String
  private let line: Int

  /// A row; nil if it is no object.
  init?(root: SpelledJSON, file: String, line: Int) {
    guard root.kind == .object else { return nil }
    self.init(path: "", root, file: file, line: line)
  }

  private init(path: String, _ value: SpelledJSON, file: String, line: Int) {
    self.path = path
    self.value = value
    self.file = file
    self.line = line
    members = value.members ?? []
  }

  /// The names of the members, each once, in the order of the file.
  var names: [String] {
    var seen: Set<UTF8Key> = []
    return members.map(\.key).filter { seen.insert(UTF8Key($0)).inserted }
  }

  /// A member, the last one of that name.
  ///
  /// - Throws: ``DataError`` if there is none, or if this is no object.
  func member(_ name: String) throws -> JSONField {
    guard value.kind == .object else { throw wrongType("an object") }
    guard let field = field(name) else {
      throw DataError.missingField(file: file, line: line, field: pathOf(name))
    }
    return field
  }

  /// A member, the last one of that name; nil if there is none or if it is null.
  func memberIfPresent(_ name: String) -> JSONField? {
    field(name).flatMap { $0.value.kind == .null ? nil : $0 }
  }

  private func field(_ name: String) -> JSONField? {
    guard let member = members.last(where: { $0.key.utf8.elementsEqual(name.utf8) }) else {
      return nil
    }
    return JSONField(path: pathOf(name), member.value, file: file, line: line)
  }

  private func pathOf(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  private func wrongType(_ expected: String) -> DataError {
    .wrongType(file: file, line: line, field: path, expected: expected)
  }
}

extension JSONField {
  /// Whether this is an object.
  var isObject: Bool { value.kind == .object }

  /// Whether this is a list.
  var isList: Bool { value.kind == .array }

  /// The string.
  func text() throws -> String {
    guard let text = value.string else { throw wrongType("a string") }
    return text
  }

  /// The string, or another value as it is spelled.
  var spelling: String { value.string ?? value.spelling }

  /// The whole number.
  func integer() throws -> Int {
    guard let integer = value.integer else { throw wrongType("a whole number") }
    return integer
  }

  /// The truth value.
  func truth() throws -> Bool {
    guard let truth = value.bool else { throw wrongType("a boolean") }
    return truth
  }

  /// The elements of a list.
  func elements() throws -> [JSONField] {
    guard let elements = value.elements else { throw wrongType("a list") }
    return elements.enumerated().map { index, element in
      JSONField(path: "\(path)[\(index)]", element, file: file, line: line)
    }
  }

  /// The strings of a list.
  func texts() throws -> [String] { try elements().map { try $0.text() } }

  /// A string, or a number or boolean as it is spelled.
  func label() throws -> String {
    switch value.kind {
    case .string: try text()
    case .number, .bool: value.spelling
    case .null, .array, .object: throw wrongType("a string, a number or a boolean")
    }
  }
}
