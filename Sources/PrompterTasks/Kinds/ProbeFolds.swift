// SPDX-License-Identifier: Apache-2.0

/// How the strength of a head's penalty is tried on parts of the training data, whatever the head
/// is fitted by.
enum ProbeFolds {
  /// The penalties tried, from strong to weak, in units of the features' mean variance.
  static let strengths: [Double] = [
    10, 3, 1, 0.3, 0.1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6,
  ]

  /// After so many strengths without a lower loss no weaker ones are tried.
  static let patience = 2

  /// The parts of one dealing.
  static func count(examples: Int) -> Int { min(5, examples) }

  /// How often few examples are dealt out anew: how they fall into folds is chance too.
  static func repetitions(examples: Int) -> Int {
    max(1, min(3, 3_000 / max(1, examples)))
  }

  /// Examples dealt out in turn, in the order given.
  static func dealt(_ examples: some Collection<Int>) -> [[Int]] {
    var folds = [[Int]](repeating: [], count: count(examples: examples.count))
    for (turn, example) in examples.enumerated() { folds[turn % folds.count].append(example) }
    return folds
  }
}
