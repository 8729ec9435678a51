// SPDX-License-Identifier: Apache-2.0

/// A method's name, as the command line and files spell it.
///
/// Any method may have one, also one that this program does not know: a prompt says by what method
/// it was trained, and what is in its files does not depend on that. Each method in ``Methods/all``
/// has its name as a constant.
public struct MethodName: RawRepresentable, Hashable, Sendable {
  /// The name in lowercase letters, as in `head-only`.
  public let rawValue: String

  /// A name.
  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  /// The settings of the method of this name; nil if there is none in ``Methods/all``.
  public var settings: (any MethodSettings.Type)? { Methods.all.first { $0.name == self } }
}

extension MethodName: CaseIterable {
  /// The names of all methods in ``Methods/all``.
  public static var allCases: [MethodName] { Methods.all.map { $0.name } }
}

extension MethodName: Codable {
  // Long enough for any name, short enough for any message.
  private static let longest = 64

  /// Reads a name of lowercase letters, digits and hyphens; anything else is none.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    self.init(rawValue: name)
    guard isValid else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "it should be a name of a-z, 0-9 and hyphens")
    }
  }

  /// Whether a card may have the name: 1 to 64 lowercase letters, digits and hyphens.
  package var isValid: Bool {
    (1...Self.longest).contains(rawValue.utf8.count)
      && rawValue.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  /// Writes the name as a string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

extension MethodName {
  /// The methods that train the backbone's weights too, as a sentence has them.
  public static var trainingBackbone: String {
    Methods.all.filter { $0.trainsBackbone }.map { $0.name.rawValue }.joined(separator: " or ")
  }
}
