// SPDX-License-Identifier: Apache-2.0

/// Finds answers in the text that they were taken from.
///
/// Files count places in Unicode scalars, as Python does; of copies in which they were counted
/// otherwise, or in which the text was changed afterwards, the answer is looked for.
struct AnswerFinder {
  private let scalars: [Unicode.Scalar]

  /// A finder for one text.
  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  /// Where an answer starts.
  ///
  /// - Parameters:
  ///   - answer: The answer.
  ///   - stated: Where it is said to start, if that is said.
  /// - Returns: The stated place if the answer stands there, else the nearest one where it does, or
  ///   the first if nothing is stated; nil if it stands nowhere.
  /// - Complexity: O(1) where the place is right, else O(text × answer) at worst.
  func start(of answer: String, stated: Int?) -> Int? {
    let wanted = Array(answer.unicodeScalars)
    guard !wanted.isEmpty, wanted.count <= scalars.count else { return nil }
    if let stated, stands(wanted, at: stated) { return stated }
    let found = (0...scalars.count - wanted.count).lazy.filter { stands(wanted, at: $0) }
    guard let stated else { return found.first }
    // A damaged file may say any number.
    let near = min(max(stated, 0), scalars.count)
    return found.min { abs($0 - near) < abs($1 - near) }
  }

  private func stands(_ wanted: [Unicode.Scalar], at start: Int) -> Bool {
    guard start >= 0, start <= scalars.count - wanted.count else { return false }
    return wanted.indices.allSatisfy { scalars[start + $0] == wanted[$0] }
  }
}
