// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The names of the fields to take from each object.
struct JSONNames {
  var text: String
  var pair: String?
  var label: String

  /// The kind that the last label was of, to be tried first: a wrong guess costs more than the
  /// rest of the object.
  var labelKind = JSONScalarKind.string
}

/// What a label can be written as.
enum JSONScalarKind: CaseIterable {
  case string
  case number
  case boolean
}

/// What is wrong with one field of an object; the caller knows the line.
enum JSONFieldFault: Error {
  case missing(String)
  case wrongType(String, expected: String)
}

/// The names of an object's fields, in alphabetical order: decoders do not keep the file's.
struct JSONColumns: Decodable {
  let names: [String]

  init(from decoder: any Decoder) throws {
    names = try decoder.container(keyedBy: JSONName.self).allKeys.map(\.stringValue).sorted()
  }
}

/// The three fields of an object; what else it holds is not looked at.
struct JSONExample: DecodableWithConfiguration {
  let text: String
  let pair: String?
  let label: String?
  let labelKind: JSONScalarKind

  init(from decoder: any Decoder, configuration names: JSONNames) throws {
    let container = try decoder.container(keyedBy: JSONName.self)
    text = try container.text(names.text)
    pair = try names.pair.map(container.text)
    (label, labelKind) = try container.label(names.label, trying: names.labelKind)
  }
}

/// Any name as a coding key.
struct JSONName: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer where Key == JSONName {
  /// A string.
  func text(_ name: String) throws -> String {
    let key = JSONName(stringValue: name)
    guard contains(key) else { throw JSONFieldFault.missing(name) }
    do {
      return try decode(String.self, forKey: key)
    } catch DecodingError.typeMismatch, DecodingError.valueNotFound {
      throw JSONFieldFault.wrongType(name, expected: "a string")
    }
  }

  /// A string, number or boolean in canonical spelling; nil where it is missing or null.
  func label(
    _ name: String, trying guess: JSONScalarKind
  ) throws -> (String?, JSONScalarKind) {
    let key = JSONName(stringValue: name)
    guard try contains(key) && !decodeNil(forKey: key) else { return (nil, guess) }
    for kind in [guess] + JSONScalarKind.allCases.filter({ $0 != guess }) {
      if let spelling = spelling(of: kind, forKey: key) { return (spelling, kind) }
    }
    throw JSONFieldFault.wrongType(name, expected: "a string, a number or a boolean")
  }

  private func spelling(of kind: JSONScalarKind, forKey key: Key) -> String? {
    switch kind {
    case .string: try? decode(String.self, forKey: key)
    case .boolean: (try? decode(Bool.self, forKey: key)).map { String($0) }
    case .number:
      (try? decode(Int.self, forKey: key)).map { String($0) }
        ?? (try? decode(Double.self, forKey: key)).map { String($0) }
    }
  }
}
