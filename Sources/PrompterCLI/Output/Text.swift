// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterJSON

/// How numbers and texts are shown to people.
enum Text {
  /// A number with a fixed number of decimals, whatever the system's language.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    let scale = pow(10, Double(decimals))
    let scaled = Int64((abs(value) * scale).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return sign + "\(scaled)" }
    let digits = String(repeating: "0", count: decimals) + "\(scaled)"
    let whole = "\(scaled / Int64(scale))"
    return sign + whole + "." + digits.suffix(decimals)
  }

  /// The rows of a table on texts that were too long; none if none were.
  static func rows(of counts: LongTextCounts) -> [(String, String)] {
    (counts.cut > 0 ? [("Texts that were cut", count(counts.cut))] : [])
      + (counts.windowed > 0 ? [("Texts read in windows", count(counts.windowed))] : [])
  }

  /// A score; all are shares or correlations.
  static func score(_ value: Double) -> String { fixed(value, 4) }

  /// Scores by name, sorted, as in `accuracy 0.9012, f1 0.8870`.
  static func scores(_ scores: [String: Double]) -> String {
    scores.sorted { $0.key < $1.key }.map { "\($0.key) \(score($0.value))" }
      .joined(separator: ", ")
  }

  /// A whole number with its thousands apart, as in `1,234,567`.
  static func count(_ value: Int) -> String {
    var digits = Substring("\(value.magnitude)")
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(digits.suffix(3), at: 0)
      digits.removeLast(3)
    }
    return (value < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
  }

  /// A share in percent.
  static func percent(_ share: Double) -> String {
    fixed(share * 100, share < 0.1 ? 2 : 1) + " %"
  }

  /// A span of time, as in `7s`, `1m 05s` or `2h 03m`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "?" }
    let whole = Int(max(0, seconds).rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if whole < 60 { return "\(whole)s" }
    if whole < 3600 { return "\(whole / 60)m \(two(whole % 60))s" }
    return "\(whole / 3600)h \(two(whole / 60 % 60))m"
  }

  /// A measured time, with parts of seconds where they matter.
  static func time(_ seconds: Double) -> String {
    seconds < 10 ? fixed(max(0, seconds), 2) + "s" : duration(seconds)
  }

  /// A number of bytes, as in `118 kB`.
  static func bytes(_ count: Int) -> String {
    switch count {
    case ..<1000: "\(count) B"
    case ..<1_000_000: "\(fixed(Double(count) / 1e3, 0)) kB"
    case ..<1_000_000_000: "\(fixed(Double(count) / 1e6, 1)) MB"
    default: "\(fixed(Double(count) / 1e9, 2)) GB"
    }
  }

  /// A text on one line of at most so many columns; nothing in it can steer the terminal.
  static func clipped(_ text: String, to width: Int) -> String {
    var clipped = ""
    var used = 0
    for character in text {
      let isControl = character.unicodeScalars.contains(where: \.isControl)
      let shown = isControl ? " " : character
      let columns = Self.columns(of: String(shown))
      if used + columns > width { return trimmed(clipped, to: width - 1) + "…" }
      clipped.append(shown)
      used += columns
    }
    return clipped
  }

  private static func trimmed(_ text: String, to width: Int) -> String {
    var text = text
    while columns(of: text) > width, !text.isEmpty { text.removeLast() }
    return text
  }

  /// The columns that a text takes on a terminal, where ideographs and emoji take two.
  static func columns(of text: String) -> Int {
    text.reduce(0) { $0 + ($1.unicodeScalars.first.map(isWide) == true ? 2 : 1) }
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
