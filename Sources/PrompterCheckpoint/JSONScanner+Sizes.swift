// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

extension JSONScanner {
  /// Reads `[size, …]`, where every size is a whole number in digits alone.
  mutating func sizes() throws -> [Int] {
    var sizes: [Int] = []
    try array { scanner in sizes.append(try scanner.size()) }
    return sizes
  }

  private mutating func size() throws -> Int {
    skipSpace()
    let (first, start) = (next, position)
    var value = 0
    while let byte = next, case let digit = Int(byte) - 0x30, 0...9 ~= digit {
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = shifted.addingReportingOverflow(digit)
      guard !overflow, !carry else { throw failure(.words("a number below 2^63")) }
      value = sum
      advance()
    }
    guard position > start else { throw failure(.words("a number without sign")) }
    guard position == start + 1 || first != UInt8(ascii: "0") else {
      throw failure(.words("no leading zero in a number"))
    }
    return value
  }
}
