// SPDX-License-Identifier: Apache-2.0

/// ROUGE (Lin 2004): how much of a text's words, or of their order, another one has.
///
/// Words are what is left of a text in lower case when everything but `a` to `z` and `0` to `9`
/// becomes a blank; nothing is stemmed. So Google's `rouge_score` has it, whose numbers these are.
public enum ROUGE {
  /// The highest F1 over right answers of runs of `run` words, or, if that is nil, of the longest
  /// common subsequence; 0 without answers.
  public static func highestF1(of output: String, _ targets: [String], run: Int?) -> Double {
    let words = words(of: output)
    return targets.map { target in
      run.map { f1(words, self.words(of: target), run: $0) }
        ?? longestCommonF1(words, self.words(of: target))
    }.max() ?? 0
  }

  static func words(of text: String) -> [String] {
    text.lowercased().unicodeScalars.split { scalar in
      !("a"..."z" ~= scalar || "0"..."9" ~= scalar)
    }.map { String($0) }
  }

  private static func f1(_ output: [String], _ target: [String], run: Int) -> Double {
    let (first, second) = (WordRuns(output, length: run), WordRuns(target, length: run))
    return harmonic(first.common(with: second), first.total, second.total)
  }

  private static func longestCommonF1(_ output: [String], _ target: [String]) -> Double {
    var row = Array(repeating: 0, count: target.count + 1)
    for word in output {
      var diagonal = 0
      for (index, other) in target.enumerated() {
        let above = row[index + 1]
        row[index + 1] = word == other ? diagonal + 1 : max(above, row[index])
        diagonal = above
      }
    }
    return harmonic(row[target.count], output.count, target.count)
  }

  // 2 P R / (P + R) with P = common / outputs and R = common / targets.
  private static func harmonic(_ common: Int, _ outputs: Int, _ targets: Int) -> Double {
    common == 0 ? 0 : 2 * Double(common) / Double(outputs + targets)
  }
}
