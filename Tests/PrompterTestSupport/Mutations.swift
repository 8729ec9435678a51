// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Damage to the bytes of sound files, the same for the same seed on every machine.
///
/// A reader survives if it loads or refuses each damaged file; a trap ends the tests.
///
/// ```swift
/// var mutations = Mutations(seed: 1)
/// for _ in 0..<Mutations.count(3000) {
///   let bytes = mutations.damaged(sound)
///   …
/// }
/// ```
///
/// Two variables of the environment turn the tests into a long run: `PROMPTER_FUZZ_COUNT`, how much
/// damage each test does, and `PROMPTER_FUZZ_SEED`, for other damage than last time. In a long run
/// a file that takes more than 20 s or 1 GB ends the tests; see `FuzzWatch`.
public struct Mutations {
  private var random: SeededRandom
  private let tokens: [[UInt8]]
  private let keeper = FuzzWatch.isWanted ? FuzzWatchKeeper() : nil

  /// Numbers at which arithmetic or allocation goes wrong, and a few that are just not numbers.
  static let numbers = [
    "0", "1", "7", "-1", "01", "1.5", "1e9", "1e400", "65536", "1048576", "4294967296",
    "4611686018427387904", "9223372036854775807", "9223372036854775808",
    "340282366920938463463374607431768211456", "-9223372036854775808", "2147483647", "2147483648",
    "-2147483649", "1e308", "-1e-320", "0.1", "NaN", "-Infinity", "null", "true", "[]", "{}",
    "\"\"",
  ].map { Array($0.utf8) }

  /// What texts are cut into parts by, and the first byte of longer characters without the rest.
  private static let letters =
    Array("{}[]()\",:'\\u-019.eEtfn \t\r\n\0".utf8) + [0x1B, 0x7F, 0xC3, 0xEF, 0xFF]

  private static let values: [UInt64] = [
    0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
    1 << 32, 1 << 40, 1 << 62, .max >> 1, 1 << 63, .max,
  ]

  /// Damage that may also put one of `tokens`, words of the format, in any place.
  public init(seed: Int, tokens: [String] = []) {
    let run = Int(ProcessInfo.processInfo.environment["PROMPTER_FUZZ_SEED"] ?? "") ?? 0
    random = SeededRandom(seed: seed &+ run &* 1_000_003)
    self.tokens = tokens.map { Array($0.utf8) }
  }

  /// How many files a test damages: a few for every day, or a share of what the environment asks
  /// for.
  ///
  /// - Parameters:
  ///   - usual: The number without a long run.
  ///   - part: The number of tests that share what one usually does: more for slow readers.
  /// - Returns: The number of files.
  public static func count(_ usual: Int, part: Int = 1) -> Int {
    let wanted = Int(ProcessInfo.processInfo.environment["PROMPTER_FUZZ_COUNT"] ?? "")
    return wanted.map { max(1, $0 / part) } ?? usual
  }

  /// A sound file's bytes with one to four things wrong.
  public mutating func damaged(_ original: [UInt8]) -> [UInt8] {
    var bytes = original
    for _ in 0...below(4) where !bytes.isEmpty {
      if below(4) == 0 { restructure(&bytes) } else { damage(&bytes) }
    }
    keeper?.watch.begin(bytes)
    return bytes
  }

  /// A whole number in 0 ..< `limit`.
  public mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

  private mutating func damage(_ bytes: inout [UInt8]) {
    let place = below(bytes.count)
    // Small pieces more often than large ones, which would leave nothing of a small file.
    let end = min(bytes.count, place + 1 + below(1 + below(40)))
    switch below(12) {
    case 0: bytes[place] ^= 1 << UInt8(below(8))
    case 1: bytes[place] = UInt8(below(256))
    case 2: bytes[place] = letter()
    case 3: bytes.removeSubrange(place..<end)
    case 4: bytes.insert(contentsOf: bytes[place..<end], at: below(bytes.count))
    case 5: bytes.swapAt(place, end - 1)
    case 6: replaceNumber(in: &bytes, from: place)
    case 7, 8: writeValue(in: &bytes, at: place)
    case 9: insertToken(in: &bytes, at: place)
    case 10: bytes.insert(letter(), at: place)
    default: if below(4) == 0 { bytes.removeSubrange(place...) }
    }
  }

  mutating func letter() -> UInt8 { Self.letters[below(Self.letters.count)] }

  /// Puts another number in place of the next one that is written in digits.
  private mutating func replaceNumber(in bytes: inout [UInt8], from place: Int) {
    let isDigit = { (byte: UInt8) in 0x30...0x39 ~= byte }
    guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.endIndex
    bytes.replaceSubrange(start..<end, with: Self.numbers[below(Self.numbers.count)])
  }

  /// Puts another number in place of one that takes one, two, four or eight bytes.
  private mutating func writeValue(in bytes: inout [UInt8], at place: Int) {
    let value = Self.values[below(Self.values.count)] &+ UInt64(below(3)) &- 1
    for index in 0..<1 << below(4) where place + index < bytes.count {
      bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
    }
  }

  private mutating func insertToken(in bytes: inout [UInt8], at place: Int) {
    guard !tokens.isEmpty else { return }
    let token = tokens[below(tokens.count)]
    let end = below(2) == 0 ? place : min(place + token.count, bytes.count)
    bytes.replaceSubrange(place..<end, with: token)
  }
}
