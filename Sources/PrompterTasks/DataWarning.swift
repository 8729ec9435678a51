// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON
public import PrompterTokenizer

/// What is odd about data that can be used all the same, each told in one sentence.
///
/// ```swift
/// for warning in DataWarning.all(training: training, validation: validation) {
///   print(warning)  // dev.tsv: 12 of 872 texts are in train.tsv too, the first on line 7; ...
/// }
/// ```
public enum DataWarning: Sendable, Equatable {
  /// Texts that are empty, or the second ones of pairs.
  case emptyTexts(file: String, count: Int, examples: Int, firstLine: Int)
  /// Labels that one example alone has.
  case singleExamples(file: String, labels: [String], labelCount: Int)
  /// Labels of the task that no example has.
  case absentLabels(file: String, labels: [String])
  /// Texts that another file of the run has too.
  case sharedTexts(file: String, count: Int, examples: Int, firstLine: Int, other: String)
  /// Pieces that the model's vocabulary does not have.
  case unknownPieces(file: String, share: Double)

  /// A warning that a vocabulary does not fit the texts of a file; nil if it does.
  ///
  /// One unknown piece in ten is more than any text has that a model was made for: of names, emoji
  /// and misprints there are a few in a hundred.
  public init?(pieces: PieceCounts, file: String) {
    guard pieces.unknownShare > 0.1 else { return nil }
    self = .unknownPieces(file: file, share: pieces.unknownShare)
  }
}

extension DataWarning {
  /// What is odd about the data of a run, the training data first.
  ///
  /// - Parameters:
  ///   - training: The examples to learn from.
  ///   - validation: Those that choose the best prompt.
  ///   - test: Those that are scored at the end.
  ///   - hasLabels: Whether the answers are labels, of which each should have several examples.
  /// - Returns: The warnings.
  /// - Complexity: O(n) in the bytes of all texts.
  public static func all<Examples: ExampleSet>(
    training: Examples, validation: Examples? = nil, test: Examples? = nil, hasLabels: Bool = true
  ) -> [DataWarning] {
    var warnings = [emptyTexts(in: training), hasLabels ? singleExamples(in: training) : nil]
    let others = [validation, test].compactMap(\.self)
    warnings += others.map(emptyTexts)
    if !others.isEmpty {
      let known = TextSet(training)
      warnings += others.map(known.shared)
    }
    if let validation, let test { warnings.append(TextSet(validation).shared(with: test)) }
    return warnings.compactMap(\.self)
  }

  /// What is odd about the examples of one file.
  ///
  /// - Complexity: O(n) in the number of examples.
  public static func all(in data: some ExampleSet, hasLabels: Bool = true) -> [DataWarning] {
    [emptyTexts(in: data), hasLabels ? singleExamples(in: data) : nil].compactMap(\.self)
  }

  /// A warning if no example has some of a task's labels; nil if each has one.
  public static func absent(_ labels: [String], in data: some ExampleSet) -> DataWarning? {
    let known = Set(data.labels.lazy.map(UTF8Key.init))
    let absent = labels.filter { !known.contains(UTF8Key($0)) }
    return absent.isEmpty ? nil : .absentLabels(file: data.file, labels: absent)
  }

  private static func emptyTexts(in data: some ExampleSet) -> DataWarning? {
    let empty = data.examples.indices.filter { data.text(at: $0).hasBlank }
    return empty.first.map {
      .emptyTexts(
        file: data.file, count: empty.count, examples: data.count,
        firstLine: data.text(at: $0).line)
    }
  }

  private static func singleExamples(in data: some ExampleSet) -> DataWarning? {
    var counts: [UTF8Key: Int] = [:]
    for case let label? in data.examples.indices.lazy.map(data.label) {
      counts[UTF8Key(label), default: 0] += 1
    }
    let single = counts.filter { $0.value == 1 }.keys.lazy.map(\.text)
    guard !single.isEmpty else { return nil }
    return .singleExamples(
      file: data.file, labels: LabelSpace.ordered(single), labelCount: counts.count)
  }
}

/// The texts of a file, to find others among.
private struct TextSet {
  private let file: String
  private let texts: Set<UTF8Key>

  init(_ data: some ExampleSet) {
    file = data.file
    texts = Set(data.examples.indices.lazy.map { data.text(at: $0).key })
  }

  /// A warning if other data have some of the texts; empty ones, which are told apart, do not
  /// count.
  func shared(with data: some ExampleSet) -> DataWarning? {
    let shared = data.examples.indices.filter {
      let text = data.text(at: $0)
      return texts.contains(text.key) && !text.hasBlank
    }
    return shared.first.map {
      .sharedTexts(
        file: data.file, count: shared.count, examples: data.count,
        firstLine: data.text(at: $0).line, other: file)
    }
  }
}

extension DataWarning: CustomStringConvertible {
  /// The warning as one sentence: the file, how many, the first place, and what it means.
  public var description: String {
    switch self {
    case .emptyTexts(let file, let count, let examples, let line):
      "\(file): \(Self.share(count, examples, "is empty", "are empty")), the first on line \(line)."
    case .singleExamples(let file, let labels, let count):
      "\(file): of \(count) labels \(labels.count == 1 ? "one has" : "\(labels.count) have") a "
        + "single example (\(DataError.listed(labels))), which is too few to learn from."
    case .absentLabels(let file, let labels):
      "\(file): no example has \(labels.count == 1 ? "the label" : "any of the labels") "
        + "\(DataError.listed(labels)), which cannot be learnt from it."
    case .sharedTexts(let file, let count, let examples, let line, let other):
      "\(file): \(Self.share(count, examples, "is", "are")) in \(other) too, the first on line "
        + "\(line); their scores say little of new texts."
    case .unknownPieces(let file, let share):
      "\(file): \(Int((share * 100).rounded())) % of the pieces are unknown to the model's "
        + "vocabulary; take a model of the texts' language, such as a multilingual one."
    }
  }

  private static func share(
    _ count: Int, _ all: Int, _ one: String, _ several: String
  ) -> String {
    "\(count) of \(all) texts \(count == 1 ? one : several)"
  }
}
