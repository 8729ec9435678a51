// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterJSON

/// The examples of one file, put as texts with texts for answers.
///
/// Files are written as ``Dataset`` reads them. Nested ones are read as their authors publish them:
/// MultiRC and ReCoRD as SuperGLUE's JSON lines, WSC with its spans, SQuAD as one JSON value, CoLA
/// without a header, E2E as a table or as lines of `meaning||sentence`. Of flat copies MultiRC's
/// rows are scored together by question and WSC's pronouns marked by the columns of their spans. A
/// preset's rows that do not fit their header are passed over, as by the usual readers of these
/// files, and so are rows of SNLI and MNLI without a label; ``omissions`` says how many.
public struct TextToTextDataset: Sendable {
  /// The examples, in the order of the file.
  public var examples: [TextToTextExample]

  /// The file that they come from, for messages.
  public var url: URL

  /// What of the file was not read.
  public private(set) var omissions = Omissions()

  /// A data set of examples at hand.
  public init(examples: [TextToTextExample], url: URL) {
    self.examples = examples
    self.url = url
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - url: The file; its extension says how it is written.
  ///   - task: A text-to-text task.
  ///   - purpose: What the examples are for.
  ///   - requireTargets: Whether every example must have an answer.
  ///   - form: How the file is written, as far as its name and its first bytes do not say so.
  ///   - labelMap: What the task calls answers that the file spells otherwise.
  ///   - limit: Read only the first examples, so many.
  /// - Throws: ``DataError``.
  /// - Complexity: O(bytes), all in memory.
  public init(
    contentsOf url: URL, task: TaskDescription, for purpose: ExamplePurpose,
    requireTargets: Bool = true, form: FileForm = FileForm(), labelMap: LabelMap = [:],
    limit: Int? = nil
  ) throws {
    let reader = try TextToTextReader(
      file: url.relativePath, task: task, purpose: purpose, requireTargets: requireTargets,
      labelMap: labelMap, form: form, limit: max(0, limit ?? .max))
    var omissions = Omissions()
    let examples = try reader.examples(in: Dataset.bytes(of: url), of: url, noting: &omissions)
    self.init(examples: examples, url: url)
    self.omissions = omissions
  }

  /// The distinct answers, numbers by value and anything else by spelling, those included that are
  /// right beside others.
  public var answers: [String] { LabelSpace.ordered(examples.flatMap(\.targets)) }

  /// The answer that is right most often: what the least that a prompt must beat always says.
  ///
  /// The first by spelling among equals; nil without answers.
  public var majorityAnswer: String? {
    var counts: [UTF8Key: Int] = [:]
    for example in examples where example.isTrue != false {
      if let target = example.targets.first { counts[UTF8Key(target), default: 0] += 1 }
    }
    return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key.text
  }

  /// Makes sure that all answers are labels of a task, before any is scored or learnt.
  ///
  /// - Parameter labels: The labels; if there are none, any text may be an answer.
  /// - Throws: ``DataError/unknownLabel(file:line:label:known:)``.
  public func check(labels: [String]) throws {
    guard !labels.isEmpty else { return }
    let known = Set(labels.map(UTF8Key.init))
    for example in examples {
      for target in example.targets where !known.contains(UTF8Key(target)) {
        throw DataError.unknownLabel(
          file: url.relativePath, line: example.line, label: target, known: labels)
      }
    }
  }
}

extension TextToTextDataset: ExampleSet {
  /// None: a template says which columns are read.
  public var columns: Fields? { nil }

  /// What the model reads of an example.
  public func text(at index: Int) -> SourceText {
    SourceText(text: examples[index].input, line: examples[index].line)
  }

  /// The answer to learn.
  public func label(at index: Int) -> String? { examples[index].targets.first }

  /// All right answers, bars between them.
  public func shownAnswer(at index: Int) -> String? {
    let targets = examples[index].targets
    return targets.isEmpty ? nil : targets.joined(separator: " | ")
  }

  /// The question that several examples belong to, as MultiRC's answers do.
  public func group(at index: Int) -> String? { examples[index].group }

  /// The number of the example: some files have several on one line.
  public func place(of index: Int) -> String { "example \(index + 1)" }
}
