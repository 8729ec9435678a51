// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Corpus BLEU of runs of up to four words (Papineni and others 2002).
///
/// The geometric mean of the shares of runs that a reference has too, each at most as often as in
/// some reference, times a penalty for brevity: exp(1 − r / c) if all outputs together have c words
/// and the references nearest in length r > c. A length without a common run counts as half a run,
/// the next such one as a quarter, and so on. Words are cut as `tok:13a` cuts them. The numbers are
/// a hundredth of sacreBLEU's with its defaults (`tok:13a`, `smooth:exp`).
public enum BLEU {
  /// The score of outputs, each against its references; an output without references is left out.
  ///
  /// - Complexity: O(words).
  public static func corpus(_ outputs: [String], references: [[String]]) -> Double {
    var common = [0, 0, 0, 0]
    var total = [0, 0, 0, 0]
    var (outputLength, referenceLength) = (0, 0)
    for (output, references) in zip(outputs, references) where !references.isEmpty {
      let output = words(of: output)
      let references = references.map(words)
      outputLength += output.count
      referenceLength += nearestLength(to: output.count, references)
      for run in 1...4 {
        let runs = WordRuns(output, length: run)
        let known = references.dropFirst().reduce(WordRuns(references[0], length: run)) {
          $0.union(WordRuns($1, length: run))
        }
        common[run - 1] += runs.common(with: known)
        total[run - 1] += runs.total
      }
    }
    guard common[0] > 0, total[3] > 0 else { return 0 }
    let penalty = min(0, 1 - Double(referenceLength) / Double(outputLength))
    return exp(penalty + meanLogarithm(common, total))
  }

  // Of two references as near, the shorter one.
  private static func nearestLength(to length: Int, _ references: [[String]]) -> Int {
    references.map(\.count).min {
      (abs($0 - length), $0) < (abs($1 - length), $1)
    } ?? 0
  }

  private static func meanLogarithm(_ common: [Int], _ total: [Int]) -> Double {
    var smoothing = 1.0
    return zip(common, total).reduce(0) { sum, counts in
      if counts.0 == 0 { smoothing /= 2 }
      let share = (counts.0 == 0 ? smoothing : Double(counts.0)) / Double(counts.1)
      return sum + log(share) / 4
    }
  }

  /// The words of a text as the evaluation of machine translation splits it (mteval's `13a`).
  ///
  /// ASCII punctuation is cut off, but for full stops and commas inside numbers, hyphens not after
  /// a digit, and apostrophes; four XML entities are read first.
  static func words(of text: String) -> [String] {
    var scalars = Array(unescaped(text).unicodeScalars)
    scalars = [" "] + scalars + [" "]
    scalars = scalars.flatMap { isAlwaysCut($0) ? [" ", $0, " "] : [$0] }
    scalars = pairs(scalars) {
      !isDigit($0) && isPoint($1)
    } spaced: {
      [$0, " ", $1, " "]
    }
    scalars = pairs(scalars) {
      isPoint($0) && !isDigit($1)
    } spaced: {
      [" ", $0, " ", $1]
    }
    scalars = pairs(scalars) {
      isDigit($0) && $1 == "-"
    } spaced: {
      [$0, " ", $1, " "]
    }
    return scalars.split { $0.properties.isWhitespace }.map { word in
      var text = String.UnicodeScalarView()
      text.append(contentsOf: word)
      return String(text)
    }
  }

  private static func unescaped(_ text: String) -> String {
    let text = text.replacingBytes("<skipped>", with: "").replacingBytes("-\n", with: "")
      .replacingBytes("\n", with: " ")
    return text.replacingBytes("&quot;", with: "\"").replacingBytes("&amp;", with: "&")
      .replacingBytes("&lt;", with: "<").replacingBytes("&gt;", with: ">")
  }

  // Replaces pairs of neighbours from left to right, none of which overlap.
  private static func pairs(
    _ scalars: [Unicode.Scalar], where isMatch: (Unicode.Scalar, Unicode.Scalar) -> Bool,
    spaced: (Unicode.Scalar, Unicode.Scalar) -> [Unicode.Scalar]
  ) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count + scalars.count / 4)
    var index = 0
    while index < scalars.count {
      if index + 1 < scalars.count, isMatch(scalars[index], scalars[index + 1]) {
        result += spaced(scalars[index], scalars[index + 1])
        index += 2
      } else {
        result.append(scalars[index])
        index += 1
      }
    }
    return result
  }

  private static func isAlwaysCut(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "{"..."~", "["..."`", "!"..."&", "("..."+", ":"..."@", "/": true
    default: false
    }
  }

  private static func isPoint(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "," }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { "0"..."9" ~= scalar }
}
