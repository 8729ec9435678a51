// SPDX-License-Identifier: Apache-2.0

/// The characters that GPT-2's vocabulary has for the 256 bytes.
///
/// Printable bytes of Latin-1 stand for themselves, the other 68 in their order for U+0100 and what
/// follows: a space is "Ġ" (U+0120). So every piece of a vocabulary is text, also half a character.
enum ByteCharacters {
  /// The character of each byte.
  static let scalars: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (UInt8.min...UInt8.max).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(byte)
      default:
        defer { next += 1 }
        return Unicode.Scalar(next) ?? " "
      }
    }
  }()

  /// The bytes of U+0000 to U+0143, or -1 for what stands for none.
  private static let bytes: [Int16] = {
    var bytes = [Int16](repeating: -1, count: 0x144)
    for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar.value)] = Int16(byte) }
    return bytes
  }()

  /// The byte that a character stands for.
  static func byte(of scalar: Unicode.Scalar) -> UInt8? {
    scalar.value < bytes.count ? UInt8(exactly: bytes[Int(scalar.value)]) : nil
  }

  /// The UTF-8 bytes of the characters of some bytes.
  static func spelling(of text: some Sequence<UInt8>) -> [UInt8] {
    text.flatMap { Array(scalars[Int($0)].utf8) }
  }

  /// The bytes that a piece stands for; its own if a character of it stands for none.
  static func bytes(of piece: some Collection<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(piece.count)
    for scalar in String(decoding: piece, as: UTF8.self).unicodeScalars {
      guard let byte = byte(of: scalar) else { return Array(piece) }
      result.append(byte)
    }
    return result
  }
}
