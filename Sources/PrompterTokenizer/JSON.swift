// SPDX-License-Identifier: Apache-2.0

/// A JSON value that keeps the members of objects in the order of the file.
///
/// Foundation's decoder takes a dictionary keyed by canonical equivalence, which merges different
/// pieces of a vocabulary, and is several times slower on tens of thousands of members.
enum JSON {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([(key: String, value: JSON)])

  /// The member of an object, the last one if the key is repeated.
  subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key.unicodeScalars.elementsEqual(key.unicodeScalars) }?.value
  }

  var string: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  var integer: Int? {
    guard case .integer(let value) = self else { return nil }
    return value
  }

  var array: [JSON]? {
    guard case .array(let value) = self else { return nil }
    return value
  }

  var isNull: Bool {
    guard case .null = self else { return false }
    return true
  }

  /// A few words on the value, for error messages.
  var summary: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): "\"\(value.prefix(40))\""
    case .array(let values): "a list of \(values.count)"
    case .object(let members): "an object of \(members.count)"
    }
  }
}
