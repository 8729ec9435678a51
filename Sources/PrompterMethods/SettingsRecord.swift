// SPDX-License-Identifier: Apache-2.0

/// A method's options as a prompt's card keeps them: plain values by their names.
///
/// It is open: a card of a method that is not known here is read, compared and written as others
/// are.
public struct SettingsRecord: Sendable, Equatable {
  /// A value of JSON's.
  public enum Value: Sendable, Equatable {
    /// Nothing.
    case null
    /// True or false.
    case bool(Bool)
    /// A finite number; whole ones are written without a point.
    case number(Double)
    /// A text.
    case string(String)
    /// Several values.
    case list([Value])
    /// Values by their names.
    case object([String: Value])

    /// A whole number of at most 2⁵³.
    public static func integer(_ value: Int) -> Value { .number(Double(value)) }

    /// A number that is written as short as the float is: 0.1, not 0.10000000149011612.
    public static func decimal(_ value: Float) -> Value {
      .number(Double("\(value)") ?? Double(value))
    }
  }

  /// The values by their names.
  public private(set) var values: [String: Value]

  /// A record of those values that there are.
  public init(_ values: [String: Value?] = [:]) {
    self.values = values.compactMapValues { $0 }
  }

  /// A value by its name.
  public subscript(name: String) -> Value? { values[name] }

  /// A whole number by its name; nil if there is none, or something else.
  public func integer(_ name: String) -> Int? { values[name]?.integer }

  /// A text by its name; nil if there is none, or something else.
  public func string(_ name: String) -> String? {
    if case .string(let text) = values[name] { text } else { nil }
  }

  /// Whole numbers by their name; nil if there are none, or something else.
  public func integers(_ name: String) -> [Int]? {
    guard case .list(let list) = values[name] else { return nil }
    let numbers = list.compactMap(\.integer)
    return numbers.count == list.count ? numbers : nil
  }
}

extension SettingsRecord.Value: CustomStringConvertible {
  fileprivate var integer: Int? {
    if case .number(let number) = self { Int(exactly: number) } else { nil }
  }

  /// The value, whole numbers without a point.
  public var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let value): integer.map { "\($0)" } ?? "\(value)"
    case .string(let text): text
    case .list(let values): "\(values)"
    case .object(let values): "(\(SettingsRecord(values)))"
    }
  }
}

extension SettingsRecord: CustomStringConvertible {
  /// The names and values in the order of the names, as in `dropout 0.1, prompt_length 20`.
  public var description: String {
    values.isEmpty
      ? "none" : values.sorted { $0.key < $1.key }.map { "\($0) \($1)" }.joined(separator: ", ")
  }
}

extension SettingsRecord: Codable {
  /// Reads an object; what is null is not there.
  public init(from decoder: any Decoder) throws {
    try self.init(
      decoder.singleValueContainer().decode([String: Value?].self))
  }

  /// Writes an object.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }
}

extension SettingsRecord.Value: Codable {
  /// Reads whatever stands there.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self), value.isFinite {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let values = try? container.decode([Self].self) {
      self = .list(values)
    } else {
      self = .object(try container.decode([String: Self].self))
    }
  }

  /// Writes the value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let value):
      if let whole = integer { try container.encode(whole) } else { try container.encode(value) }
    case .string(let text): try container.encode(text)
    case .list(let values): try container.encode(values)
    case .object(let values): try container.encode(values)
    }
  }
}
