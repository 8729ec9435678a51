// SPDX-License-Identifier: Apache-2.0

public import PrompterJSON

/// What a kind of task answers with.
public protocol Answer: Sendable, Equatable {
  /// The answer in one string, as people and tables give it.
  var text: String { get }

  /// How probable it is said to be; nil where that has no meaning.
  var probability: Double? { get }

  /// The Unicode scalars of a text that it covers, where it is a part of one.
  var place: Range<Int>? { get }

  /// The members of the object of JSON that tells it.
  ///
  /// - Parameter top: How many labels are told, the most probable first; nil for all in their own
  ///   order. Answers without labels do not look at it.
  /// - Returns: The members, in the order in which they are told.
  func members(top: Int?) -> [JSONValue.Member]

  /// The answer as a table for people; nil where its text tells it.
  var table: AnswerTable? { get }
}

extension Answer {
  /// No part of a text, as most answers.
  public var place: Range<Int>? { nil }
}

/// An answer that is one of a task's labels, or may be.
public protocol LabelledAnswer: Answer {
  /// The most probable label, or the one that was written; nil if what was written is none.
  var label: String? { get }
  /// All labels, in index order; none if a text was written.
  var labels: [String] { get }
  /// Their probabilities.
  var probabilities: [Double] { get }
}

/// An answer to a query.
public struct Prediction: Sendable {
  /// The prompt's name.
  public var task: String
  /// The answer, as the prompt's kind of task gives it.
  public var content: any Answer
  /// Whether the text was cut because it was too long.
  public var isCut: Bool
  /// The windows that the text was read in, because it was too long for one.
  public var windowCount: Int

  /// An answer of a prompt.
  public init(task: String, content: any Answer, isCut: Bool = false, windowCount: Int = 1) {
    self.task = task
    self.content = content
    self.isCut = isCut
    self.windowCount = windowCount
  }
}

extension Prediction: Equatable {
  /// Whether prompts of the same name give the same answer.
  public static func == (first: Prediction, second: Prediction) -> Bool {
    func isEqual<A: Answer>(_ answer: A) -> Bool { answer == second.content as? A }
    return first.task == second.task && first.isCut == second.isCut
      && first.windowCount == second.windowCount && isEqual(first.content)
  }
}

extension Prediction {
  /// The answer in one string, as people and tables give it.
  public var answer: String { content.text }

  /// The most probable label, or the one that was written; nil if the answer is none.
  public var label: String? { labelled?.label }

  /// The answer's probability; 0 where that has no meaning.
  public var probability: Double { content.probability ?? 0 }

  /// All labels, in index order; none if the answer was not chosen among any.
  public var labels: [String] { labelled?.labels ?? [] }

  /// Their probabilities.
  public var probabilities: [Double] { labelled?.probabilities ?? [] }

  private var labelled: (any LabelledAnswer)? { content as? any LabelledAnswer }

  /// The labels with their shares, the most probable first; of equals the first by index.
  public var ranked: [(label: String, share: Double)] { labelled?.ranked ?? [] }
}

extension LabelledAnswer {
  /// The labels with their shares, the most probable first; of equals the first by index.
  public var ranked: [(label: String, share: Double)] {
    zip(labels, probabilities).enumerated().sorted {
      ($1.element.1, $0.offset) < ($0.element.1, $1.offset)
    }.map { (label: $0.element.0, share: $0.element.1) }
  }
}
