// SPDX-License-Identifier: Apache-2.0

/// A text from a file as an error may show it: on one line, readable, and not too long.
func shown(_ text: String) -> String {
  let longest = 80
  let scalars = text.unicodeScalars.prefix(longest).map { scalar in
    let isReadable =
      scalar.properties.generalCategory != .format && scalar.value >= 0x20
      && !(0x7F...0x9F ~= scalar.value) && !(0x2028...0x2029 ~= scalar.value)
    return isReadable ? Character(scalar) : "?"
  }
  return String(scalars) + (text.unicodeScalars.count > longest ? "…" : "")
}
