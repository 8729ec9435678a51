// SPDX-License-Identifier: Apache-2.0

import PrompterJSON

/// A JSON value whose objects keep the order in which their members were given.
enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  /// A value as its JSON is spelled, given back as it came.
  case spelled(String)
  case array([JSONValue])
  case object([Member])

  /// A name and its value.
  struct Member: Equatable, Sendable {
    var name: String
    var value: JSONValue
  }

  /// Scores by name, sorted.
  init(_ scores: [String: Double]) {
    self = .object(
      scores.sorted { $0.key < $1.key }.map { Member(name: $0.key, value: .number($0.value)) })
  }

  /// A string, or null.
  init(_ string: String?) {
    self = string.map(JSONValue.string) ?? .null
  }

  /// Whole numbers.
  init(_ integers: [Int]) {
    self = .array(integers.map(JSONValue.integer))
  }

  /// Strings.
  init(_ strings: [String]) {
    self = .array(strings.map(JSONValue.string))
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
  init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member(name: $0.0, value: $0.1) })
  }

  /// An object with more members at its end.
  func adding(_ name: String, _ value: JSONValue) -> JSONValue {
    guard case .object(let members) = self else { return self }
    return .object(members + [Member(name: name, value: value)])
  }
}

extension JSONValue {
  /// The value on one line; what is no number, such as infinity, is null.
  var line: String {
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
  /// What identifies a query, to be given back as it came: a string, a number, a boolean or null; nil
  /// for anything else.
  init?(identifying value: SpelledJSON) {
    switch value.kind {
    case .null: self = .null
    case .bool, .number: self = .spelled(value.spelling)
    // One with half of a surrogate pair is no text, but its spelling is.
    case .string: self = value.wellFormedString.map(JSONValue.string) ?? .spelled(value.spelling)
    case .array, .object: return nil
    }
  }
}
