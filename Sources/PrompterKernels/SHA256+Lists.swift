// SPDX-License-Identifier: Apache-2.0

extension SHA256 {
  /// Takes in lists of numbers, their lengths included.
  public mutating func update(lists: [[Int32]]) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(lists.reduce(0) { $0 + 4 * ($1.count + 1) })
    func append(_ number: Int32) {
      var rest = UInt32(bitPattern: number)
      for _ in 0..<4 {
        bytes.append(UInt8(truncatingIfNeeded: rest))
        rest >>= 8
      }
    }
    for list in lists {
      append(Int32(list.count))
      list.forEach(append)
    }
    update(bytes)
  }
}
