// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// An amount of memory as people write it: 512M, 2G, or a number of bytes; 0 for none.
struct MemorySize: Equatable, ExpressibleByArgument {
  let bytes: Int

  init(bytes: Int) {
    self.bytes = bytes
  }

  init?(argument: String) {
    let units: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
    let text = argument.uppercased()
    let shift = text.last.flatMap { units[$0] }
    guard let number = Int(shift == nil ? text : String(text.dropLast())), number >= 0,
      number <= Int.max >> (shift ?? 0)
    else { return nil }
    bytes = number << (shift ?? 0)
  }

  // Shown as the default in help.
  var defaultValueDescription: String { "\(bytes >> 30)G" }
}
