// SPDX-License-Identifier: Apache-2.0

/// Turns what a file has for a label into the text that the model should answer.
struct TargetSpelling {
  /// Whose rules say what a spelling means.
  enum Rules {
    /// A user's labels are what they are spelled as.
    case own
    /// A published data set's: a label is known by its spelling in any case or by its index, and
    /// nothing, -1, `-` and `<unk>` say that there is none.
    case published
    /// STS-B's, whose targets are the nearest fifths of numbers from 0 to 5.
    case similarity
  }

  let file: String
  let labels: [String]
  let rules: Rules
  /// What the task calls labels that the file spells otherwise.
  var map: LabelMap = [:]

  /// The target, or nil where the file says that there is none.
  func target(of spelled: String, line: Int) throws -> String? {
    let spelled = map[spelled]
    guard !labels.isEmpty else { return spelled.isEmpty ? nil : spelled }
    guard !spelled.isEmpty, rules == .own || !isMissing(spelled) else { return nil }
    switch rules {
    case .similarity:
      guard let score = Double(spelled), score.isFinite else {
        throw DataError.wrongType(
          file: file, line: line, field: "score", expected: "a number from 0 to 5")
      }
      return TextToTextPreset.similarity(of: score)
    case .published:
      if let label = label(spelled: spelled) ?? label(indexed: spelled) { return label }
    case .own:
      if let label = label(spelled: spelled) { return label }
    }
    throw DataError.unknownLabel(file: file, line: line, label: spelled, known: labels)
  }

  private func isMissing(_ spelled: String) -> Bool {
    let spellings: [StaticString] = ["-", "-1", "-1.0", "<unk>"]
    return spellings.contains { spelled.utf8.elementsEqual("\($0)".utf8) }
  }

  private func label(spelled: String) -> String? {
    func first(_ spelling: (String) -> String) -> String? {
      let sought = spelling(spelled)
      return labels.first { spelling($0).utf8.elementsEqual(sought.utf8) }
    }
    return first { $0 } ?? (rules == .published ? first { $0.lowercased() } : nil)
  }

  // Tables that had a gap in the column are written with a fraction: 1.0.
  private func label(indexed spelled: String) -> String? {
    guard let value = Double(spelled), let index = Int(exactly: value),
      labels.indices.contains(index)
    else { return nil }
    return labels[index]
  }
}
