// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// Answers that are scored together, as those to one question of MultiRC.
enum GroupMatch {
  /// The share of groups of which all answers are right: MultiRC's exact match.
  ///
  /// - Parameters:
  ///   - groups: The group of each answer; one without is by itself.
  ///   - isRight: Whether an answer is right, by its place.
  /// - Returns: The share; 0 without answers.
  static func share(of groups: [String?], isRight: (Int) -> Bool) -> Double {
    var areRight: [UTF8Key: Bool] = [:]
    for (index, group) in groups.enumerated() {
      let key = UTF8Key(group ?? "answer \(index)")
      areRight[key] = areRight[key] ?? true && isRight(index)
    }
    return Double(areRight.values.count { $0 }) / Double(max(1, areRight.count))
  }
}
