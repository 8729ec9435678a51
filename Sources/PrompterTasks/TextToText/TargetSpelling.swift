// SPDX-License-Identifier: Apache-2.0

/// Turns what a file has for a label into the text that the model should answer.
struct TargetSpelling {
  let file: String
  let labels: [String]
  let isSimilarity: Bool
  /// What the task calls labels that the file spells otherwise.
  var map: [String: String] = [:]

  /// The target, or nil where the file says that there is none: nothing, -1 or `-`.
  ///
  /// A label is one of the task's, whatever its case, or the index of one.
  func target(of spelled: String, line: Int) throws -> String? {
    let spelled = map[spelled] ?? spelled
    guard !labels.isEmpty else { return spelled.isEmpty ? nil : spelled }
    guard !["", "-", "-1", "<unk>"].contains(spelled) else { return nil }
    if isSimilarity {
      guard let score = Double(spelled), score.isFinite else {
        throw DataError.wrongType(
          file: file, line: line, field: "score", expected: "a number from 0 to 5")
      }
      return TextToTextPreset.similarity(of: score)
    }
    if labels.contains(spelled) { return spelled }
    if let index = Int(spelled), labels.indices.contains(index) { return labels[index] }
    let lowered = spelled.lowercased()
    guard let label = labels.first(where: { $0.lowercased() == lowered }) else {
      throw DataError.unknownLabel(file: file, line: line, label: spelled, known: labels)
    }
    return label
  }
}
