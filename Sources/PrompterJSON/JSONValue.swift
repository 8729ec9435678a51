// SPDX-License-Identifier: Apache-2.0

/// A JSON value whose objects keep the order in which their members were given.
public enum JSONValue: Equatable, Sendable {
  /// Nothing.
  case null
  /// True or false.
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// A number; what is none, such as infinity, is written as null.
  case number(Double)
  /// A string.
  case string(String)
  /// A value as its JSON is spelled, given back as it came.
  case spelled(String)
  /// A list.
  case array([JSONValue])
  /// Names and their values, in order.
  case object([Member])

  /// A name and its value.
  public struct Member: Equatable, Sendable {
    /// The name.
    public var name: String
    /// The value.
    public var value: JSONValue

    /// A member of a name.
    public init(name: String, value: JSONValue) {
      (self.name, self.value) = (name, value)
    }
  }

  /// Scores by name, sorted.
  public init(_ scores: [String: Double]) {
    self = .object(
      scores.sorted { $0.key < $1.key }.map { Member(name: $0.key, value: .number($0.value)) })
  }

  /// A string, or null.
  public init(_ string: String?) {
    self = string.map(JSONValue.string) ?? .null
  }

  /// Whole numbers.
  public init(_ integers: [Int]) {
    self = .array(integers.map(JSONValue.integer))
  }

  /// Strings.
  public init(_ strings: [String]) {
    self = .array(strings.map(JSONValue.string))
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
  /// An object of a literal's members.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member(name: $0.0, value: $0.1) })
  }

  /// An object with more members at its end.
  public func adding(_ name: String, _ value: JSONValue) -> JSONValue {
    guard case .object(let members) = self else { return self }
    return .object(members + [Member(name: name, value: value)])
  }
}

extension JSONValue {
  /// The value on one line; what is no number, such as infinity, is null.
  public var line: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): value.isFinite ? "\(value)" : "null"
    case .string(let value): Self.quoted(value)
    case .spelled(let value): value
    case .array(let values): "[" + values.map(\.line).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { "\(Self.quoted($0.name)):\($0.value.line)" }.joined(separator: ",") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      // Neither a terminal nor a program that splits lines by Unicode's rules may see one raw.
      case _ where scalar.isControl: quoted += scalar.jsonEscape
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension JSONValue {
  /// What identifies a query, to be given back as it came: a string, a number, a boolean or null;
  /// nil for anything else.
  public init?(identifying value: SpelledJSON) {
    switch value.kind {
    case .null: self = .null
    case .bool, .number: self = .spelled(value.spelling)
    // One with half of a surrogate pair is no text, but its spelling is.
    case .string: self = value.wellFormedString.map(JSONValue.string) ?? .spelled(value.spelling)
    case .array, .object: return nil
    }
  }
}
