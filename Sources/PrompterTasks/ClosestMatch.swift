// SPDX-License-Identifier: Apache-2.0

/// The candidate most like a mistyped word, or nil if none is close.
///
/// Case does not count, and about one character in three may be wrong.
package func closestMatch(to word: String, among candidates: [String]) -> String? {
  let typed = comparable(word)
  let limit = max(1, typed.count / 3)
  var best: (candidate: String, distance: Int)?
  for candidate in candidates {
    let distance = editDistance(typed, comparable(candidate))
    let isCloser = best.map { distance < $0.distance } ?? true
    if isCloser, distance <= limit, distance < typed.count { best = (candidate, distance) }
  }
  return best?.candidate
}

// The first hundred scalars, in lower case.
private func comparable(_ word: String) -> [Unicode.Scalar] {
  word.unicodeScalars.prefix(100).flatMap { $0.properties.lowercaseMapping.unicodeScalars }
}

/// The number of elements to insert, delete or replace, or neighbours to swap, to get from one word
/// to another, no element being touched twice.
///
/// - Complexity: O(m n) time, O(n) space.
func editDistance<Element: Equatable>(_ first: [Element], _ second: [Element]) -> Int {
  var (beforeLast, last) = ([Int](), Array(0...second.count))
  for (i, a) in first.enumerated() {
    var row = [i + 1]
    for (j, b) in second.enumerated() {
      var distance = min(last[j] + (a == b ? 0 : 1), last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a == second[j - 1], first[i - 1] == b {
        distance = min(distance, beforeLast[j - 1] + 1)
      }
      row.append(distance)
    }
    (beforeLast, last) = (last, row)
  }
  return last[second.count]
}
