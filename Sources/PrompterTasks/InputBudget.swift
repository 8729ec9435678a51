// SPDX-License-Identifier: Apache-2.0

/// How much text a nested file may become: a passage is put once for each of its questions, and a
/// small file could fill the memory.
struct InputBudget {
  private let file: String
  private var room: Int

  init(file: String, fileSize: Int) {
    self.file = file
    room = 1 << 27 + 64 * fileSize
  }

  /// Takes the bytes of an example on a line.
  mutating func add(_ input: String, line: Int) throws {
    room -= input.utf8.count
    guard room >= 0 else {
      throw DataError.malformedExample(
        file: file, line: line,
        reason: "its passage has so many questions that putting it to each of them takes too much "
          + "memory")
    }
  }
}
