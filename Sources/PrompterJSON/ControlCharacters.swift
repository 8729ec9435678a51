// SPDX-License-Identifier: Apache-2.0

extension Unicode.Scalar {
  /// Whether showing this as it is does something else than show it: a terminal may take it for a
  /// command, end the line there, or turn the text around it.
  ///
  /// The controls of ASCII and of ISO 6429 (C0, DEL, C1), the line and paragraph separators, and
  /// the overrides and isolates of Unicode's bidirectional algorithm (UAX 9).
  public var isControl: Bool {
    switch value {
    case ..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// The escape that stands for it in JSON.
  public var jsonEscape: String {
    switch self {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default:
      let digits = String(value, radix: 16)
      return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
  }
}

extension String {
  /// The text with JSON's escapes in place of control characters, so that it can be shown.
  ///
  /// - Parameter kept: Control characters that stay, such as line ends between the lines of a
  ///   table.
  /// - Returns: The same text if there are none.
  public func escapingControls(except kept: Set<Unicode.Scalar> = []) -> String {
    guard mayHaveControls else { return self }
    var shown = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if scalar.isControl, !kept.contains(scalar) {
        shown.append(contentsOf: scalar.jsonEscape.unicodeScalars)
      } else {
        shown.append(scalar)
      }
    }
    return String(shown)
  }

  // Controls beyond ASCII begin with one of these two bytes.
  private var mayHaveControls: Bool {
    utf8.contains { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 || $0 == 0xE2 }
  }
}
