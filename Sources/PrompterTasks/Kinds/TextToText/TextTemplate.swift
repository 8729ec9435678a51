// SPDX-License-Identifier: Apache-2.0

/// How the columns of an example make the text that a model reads.
///
/// `{name}` stands for a column, `{{` and `}}` for braces; anything else is taken as it is. What a
/// column holds is put in once and not looked at again.
///
/// ```swift
/// let template = try TextTemplate("boolq passage: {passage} question: {question}")
/// template.text(["passage": "Ghost in the Shell -- …", "question": "is it based on …"])
/// ```
public struct TextTemplate: Sendable, Equatable {
  enum Piece: Sendable, Equatable {
    case literal(String)
    case column(String)
  }

  let pieces: [Piece]

  /// A template from its text.
  ///
  /// - Throws: ``DataError/malformedTemplate(template:reason:)`` where a brace has no partner or a
  ///   column no name.
  public init(_ text: String) throws {
    pieces = try Self.pieces(of: text)
  }

  private init(pieces: [Piece]) {
    self.pieces = pieces
  }

  /// A template of pieces that are known to fit.
  init(name: String, _ columns: [String]) {
    var pieces: [Piece] = []
    for (index, column) in columns.enumerated() {
      let start = index > 0 ? " " : name.isEmpty ? "" : name + " "
      pieces += [.literal("\(start)\(column): "), .column(column)]
    }
    self.pieces = pieces
  }

  /// A template of a name and one column.
  init(name: String, text column: String) {
    pieces = name.isEmpty ? [.column(column)] : [.literal(name + " "), .column(column)]
  }

  /// The columns, in the order in which they first occur.
  public var columns: [String] {
    var columns: [String] = []
    for case .column(let name) in pieces where !columns.contains(name) { columns.append(name) }
    return columns
  }

  /// The text with the columns' values in their places; a column without a value leaves nothing.
  public func text(_ values: [String: String]) -> String {
    pieces.reduce(into: "") { text, piece in
      switch piece {
      case .literal(let literal): text += literal
      case .column(let name): text += values[name] ?? ""
      }
    }
  }

  /// The template without its first word, the task's name in T5's templates.
  ///
  /// Prompt tuning trains without it: the prompt says what the task is (Lester and others 2021).
  public var withoutName: TextTemplate {
    guard case .literal(let first)? = pieces.first, let (_, rest) = first.split(atFirst: " ") else {
      return self
    }
    return TextTemplate(pieces: (rest.isEmpty ? [] : [.literal(rest)]) + pieces.dropFirst())
  }
}

extension TextTemplate {
  private static func pieces(of text: String) throws -> [Piece] {
    func fault(_ reason: String) -> DataError {
      .malformedTemplate(template: text, reason: reason)
    }
    var pieces: [Piece] = []
    var literal = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar == "{" || scalar == "}", rest.first == scalar {
        rest.removeFirst()
        literal.append(scalar)
      } else if scalar == "{" {
        guard let end = rest.firstIndex(of: "}") else { throw fault("a brace is never closed") }
        let name = rest[..<end]
        guard !name.isEmpty, !name.contains("{") else { throw fault("a column has no name") }
        if !literal.isEmpty { pieces.append(.literal(String(literal))) }
        pieces.append(.column(String(name)))
        literal = .init()
        rest = rest[rest.index(after: end)...]
      } else if scalar == "}" {
        throw fault("a brace is closed that was never opened")
      } else {
        literal.append(scalar)
      }
    }
    if !literal.isEmpty { pieces.append(.literal(String(literal))) }
    return pieces
  }
}

extension TextTemplate: CustomStringConvertible {
  /// The template's text.
  public var description: String {
    pieces.reduce(into: "") { text, piece in
      switch piece {
      case .literal(let literal):
        text.unicodeScalars += literal.unicodeScalars.flatMap {
          $0 == "{" || $0 == "}" ? [$0, $0] : [$0]
        }
      case .column(let name): text += "{\(name)}"
      }
    }
  }
}

extension TextTemplate: Codable {
  /// Reads the template's text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      try self.init(container.decode(String.self))
    } catch let error as DataError {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(error)")
    }
  }

  /// Writes the template's text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
