// SPDX-License-Identifier: Apache-2.0

/// A JSON value that keeps the members of objects in the order of the file.
///
/// Foundation's decoder takes a dictionary keyed by canonical equivalence, which merges different
/// pieces of a vocabulary, and is several times slower on tens of thousands of members.
public enum JSON: Sendable {
  /// The word `null`.
  case null
  /// The word `true` or `false`.
  case bool(Bool)
  /// A number without fraction and exponent.
  case integer(Int)
  /// A number without fraction and exponent that is too large for an `Int`.
  case natural(UInt64)
  /// Any other number.
  case number(Double)
  /// A string, its escapes undone.
  case string(String)
  /// The elements of an array.
  case array([JSON])
  /// The members of an object, also those whose keys are equal.
  case object([(key: String, value: JSON)])

  /// The member of an object, the last one if the key is repeated.
  public subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  /// The string, nil if the value is of another kind.
  public var string: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  /// The truth value, nil if the value is of another kind.
  public var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  /// The whole number, nil if the value is of another kind.
  public var integer: Int? {
    guard case .integer(let value) = self else { return nil }
    return value
  }

  /// The elements, nil if the value is of another kind.
  public var array: [JSON]? {
    guard case .array(let value) = self else { return nil }
    return value
  }

  /// Whether the value is `null`.
  public var isNull: Bool {
    guard case .null = self else { return false }
    return true
  }

  /// A few words on the value, for error messages.
  public var summary: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .natural(let value): "\(value)"
    case .number(let value): "\(value)"
    // By scalars, for a single character may have as many marks as a file has bytes.
    case .string(let value): "\"\(String(value.unicodeScalars.prefix(40)))\""
    case .array(let values): "a list of \(values.count)"
    case .object(let members): "an object of \(members.count)"
    }
  }
}
