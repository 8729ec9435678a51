// SPDX-License-Identifier: Apache-2.0

extension JSON {
  /// The value as another type.
  ///
  /// Of equal keys the last holds, as in Python, and keys are compared byte by byte. A number with
  /// a fraction or an exponent is no whole number, even if its value is one.
  ///
  /// - Parameter type: The type.
  /// - Returns: The value of that type.
  /// - Throws: A `DecodingError` that holds the path of keys.
  public func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try type.init(from: decoder)
  }

  /// A decoder of the value, for types that want more than one.
  public var decoder: any Decoder { JSONDecoding(value: self, codingPath: []) }
}

/// Decodes one value.
private struct JSONDecoding: Decoder, SingleValueDecodingContainer {
  let value: JSON
  let codingPath: [any CodingKey]

  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let members) = value else { throw mismatch([String: Any].self) }
    return KeyedDecodingContainer(JSONMembers(members: members, codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let elements) = value else { throw mismatch([Any].self) }
    return JSONElements(elements: elements, codingPath: codingPath)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

  func mismatch(_ type: Any.Type) -> DecodingError {
    let context = DecodingError.Context(
      codingPath: codingPath, debugDescription: "The value is \(value.summary).")
    return value.isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
  }

  func decodeNil() -> Bool { value.isNull }

  func decode(_ type: Bool.Type) throws -> Bool {
    guard case .bool(let flag) = value else { throw mismatch(type) }
    return flag
  }

  func decode(_ type: String.Type) throws -> String {
    guard case .string(let text) = value else { throw mismatch(type) }
    return text
  }

  func decode(_ type: Double.Type) throws -> Double { try floatingPoint(type) }
  func decode(_ type: Float.Type) throws -> Float { try floatingPoint(type) }
  func decode(_ type: Int.Type) throws -> Int { try integer(type) }
  func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
  func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
  func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
  func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
  func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try type.init(from: self) }

  private func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
    let number: Number?
    switch value {
    case .integer(let value): number = Number(exactly: value)
    case .natural(let value): number = Number(exactly: value)
    default: throw mismatch(type)
    }
    guard let number else { throw impossible("\(value.summary) does not fit") }
    return number
  }

  private func floatingPoint<Number: BinaryFloatingPoint>(_ type: Number.Type) throws -> Number {
    let number: Number
    switch value {
    case .integer(let value): number = Number(value)
    case .natural(let value): number = Number(value)
    case .number(let value): number = Number(value)
    default: throw mismatch(type)
    }
    guard number.isFinite else { throw impossible("\(value.summary) is not finite") }
    return number
  }

  private func impossible(_ reason: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: codingPath, debugDescription: reason))
  }
}

/// The members of an object; of equal keys the last.
private struct JSONMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let codingPath: [any CodingKey]
  private let values: [UTF8Key: JSON]

  init(members: [(key: String, value: JSON)], codingPath: [any CodingKey]) {
    self.codingPath = codingPath
    values = Dictionary(members.map { (UTF8Key($0.key), $0.value) }) { $1 }
  }

  var allKeys: [Key] { values.keys.compactMap { Key(stringValue: $0.text) } }

  func contains(_ key: Key) -> Bool { values[UTF8Key(key.stringValue)] != nil }

  func decodeNil(forKey key: Key) throws -> Bool { try decoding(key).value.isNull }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try type.init(from: decoding(key))
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try decoding(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoding(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { try decoding(JSONPlace(stringValue: "super")) }
  func superDecoder(forKey key: Key) throws -> any Decoder { try decoding(key) }

  private func decoding(_ key: any CodingKey) throws -> JSONDecoding {
    guard let value = values[UTF8Key(key.stringValue)] else {
      throw DecodingError.keyNotFound(
        key, .init(codingPath: codingPath, debugDescription: "There is no such member."))
    }
    return JSONDecoding(value: value, codingPath: codingPath + [key])
  }
}

/// The elements of an array, one after the other.
private struct JSONElements: UnkeyedDecodingContainer {
  let elements: [JSON]
  let codingPath: [any CodingKey]
  private(set) var currentIndex = 0

  init(elements: [JSON], codingPath: [any CodingKey]) {
    self.elements = elements
    self.codingPath = codingPath
  }

  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  mutating func decodeNil() throws -> Bool {
    guard try next(Never.self).value.isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let value = try type.init(from: next(type))
    currentIndex += 1
    return value
  }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type
  ) throws -> KeyedDecodingContainer<NestedKey> {
    let container = try next([String: Any].self).container(keyedBy: type)
    currentIndex += 1
    return container
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let container = try next([Any].self).unkeyedContainer()
    currentIndex += 1
    return container
  }

  mutating func superDecoder() throws -> any Decoder {
    let decoder = try next((any Decoder).self)
    currentIndex += 1
    return decoder
  }

  private func next(_ type: Any.Type) throws -> JSONDecoding {
    let path = codingPath + [JSONPlace(intValue: currentIndex)]
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        type, .init(codingPath: path, debugDescription: "The list ends here."))
    }
    return JSONDecoding(value: elements[currentIndex], codingPath: path)
  }
}

/// A place in a list, or a name that no type declares.
private struct JSONPlace: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  init(intValue: Int) {
    stringValue = "\(intValue)"
    self.intValue = intValue
  }
}
