// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterCore
public import PrompterKernels
public import PrompterTensor
public import PrompterTokenizer

/// A kind of task whose answers a linear head gives, over what it reads of an example's rows.
public protocol HeadKind: TaskKind {
  /// What an example's outputs should be.
  associatedtype Target: Sendable

  /// Whether heads can be fitted until nothing gets better, by
  /// ``fittedHead(to:for:seed:team:goesOn:)``: then of each row one pooled state is read, and where
  /// an example has several rows it is the mean of their outputs that counts.
  var fitsHeads: Bool { get }

  /// Whether words may stand for labels, as a ``Verbalizer`` says.
  var takesVerbalizer: Bool { get }

  /// What the head reads, if the task leaves no choice; nil if it does.
  var pooling: Pooling? { get }

  /// The task with what only the model tells.
  ///
  /// - Throws: ``DataError`` if the model cannot do the task.
  func completed(
    for backbone: any Backbone, by tokenizer: any Tokenizer
  ) throws -> TaskDescription

  /// The head that the model itself has for the task; nil where one starts from chance.
  func givenHead(of backbone: any Backbone) -> GivenHead?

  /// Whether texts that are too long may be read otherwise than cut, as ``LongTexts`` says.
  var readsLongTexts: Bool { get }

  /// Whether examples can count by their labels, as ``weighted(by:in:)`` says.
  static var weighsLabels: Bool { get }

  /// The same kind, each example counting as much as its label weighs.
  ///
  /// - Parameters:
  ///   - weights: The weights.
  ///   - training: The examples to learn from.
  /// - Returns: A kind whose losses are weighted.
  /// - Throws: ``DataError`` for a weight of no label of the task's.
  func weighted(by weights: ClassWeights, in training: Examples) throws -> Self

  /// How much an example counts in the loss, such as by the number of its words: the losses of a
  /// step are divided by the sum of these.
  func weight(of target: Target) -> Double

  /// The values that the head gives for each state that it reads.
  var outputCount: Int { get }

  /// What a row of an example is, and which of its states are read.
  ///
  /// - Parameters:
  ///   - question: What is asked.
  ///   - reader: Makes rows of texts.
  /// - Returns: The rows, one as a rule and at least. Of each one pooled state is read, or of each
  ///   those of some tokens.
  /// - Throws: ``TextProblem`` if the backbone cannot read it.
  func rows(of question: Question, by reader: TextReader) throws(TextProblem) -> [EncodedInput]

  /// What an example's outputs should be.
  ///
  /// - Parameters:
  ///   - example: The example.
  ///   - examples: Where it is.
  ///   - rows: Its rows.
  /// - Returns: The target.
  /// - Throws: ``DataError`` if it has no answer, or one that the task does not have.
  func target(
    of example: Int, in examples: Examples, read rows: [EncodedInput]
  ) throws -> Target

  /// A target in numbers, for the hash that tells data sets apart.
  static func numbers(of target: Target) -> [Int32]

  /// Where outputs begin and how far they vary, for a head to start from.
  ///
  /// - Parameter targets: What the training examples' outputs should be.
  /// - Returns: The scale.
  func outputScale(of targets: [Target]) -> OutputScale

  /// The task of a head that comes without a description, as those do that transformers and PEFT
  /// call sequence classifiers: over one pooled state.
  ///
  /// - Parameter outputs: The values that the head gives.
  /// - Returns: A task; nil if no head of the kind gives so many.
  static func task(outputs: Int) -> TaskDescription?

  /// The loss of some examples.
  ///
  /// - Parameters:
  ///   - outputs: What the head gives [states read, ``outputCount``], example after example, row
  ///     after row.
  ///   - targets: What the examples' outputs should be.
  ///   - scale: What the sum over the examples' terms is multiplied by: one over how many the step
  ///     has.
  ///   - zLoss: The weight of the z-loss, in kinds that have one.
  /// - Returns: A number.
  func loss(
    of outputs: Variable, for targets: [Target], scale: Float, zLoss: Double
  ) -> Variable

  /// The answer to a question.
  ///
  /// - Parameters:
  ///   - outputs: For each of its rows what the head gave, state after state; all are finite.
  ///   - rows: The rows, for answers that depend on the places of what was read.
  ///   - question: The question.
  ///   - calibration: How outputs are read.
  /// - Returns: The answer.
  func answer(
    from outputs: [[Float]], of rows: [EncodedInput], to question: Question,
    by calibration: Calibration
  ) -> any Answer

  /// The temperature that makes probabilities of validation examples right on average; nil where
  /// answers have none, or nothing is to be learnt.
  ///
  /// - Parameters:
  ///   - outputs: For each example what the head gave for each of its rows.
  ///   - targets: What they should be.
  /// - Returns: The temperature.
  func temperature(of outputs: [[[Float]]], for targets: [Target]) -> Temperature?

  /// The threshold that makes answers to validation examples best, in kinds of task where there may
  /// be none; nil elsewhere, or if nothing is to be learnt.
  ///
  /// - Parameters:
  ///   - outputs: For each example what the head gave for each of its rows.
  ///   - targets: What they should be.
  /// - Returns: The threshold.
  func threshold(of outputs: [[[Float]]], for targets: [Target]) -> Double?

  /// Fits a head to states that stay as they are, until nothing gets better; nil if told to stop.
  ///
  /// - Parameters:
  ///   - states: What the head reads [examples, width].
  ///   - targets: What its outputs should be.
  ///   - seed: The seed of what is random.
  ///   - team: The threads.
  ///   - goesOn: Told of the share that is done; whether to go on.
  /// - Returns: The head.
  func fittedHead(
    to states: Tensor, for targets: [Target], seed: UInt64, team: ThreadTeam,
    goesOn: (_ share: Double) -> Bool
  ) -> FittedHead?
}

/// Where a head's outputs begin and how far they vary.
///
/// An optimiser moves weights by its rate, whatever outputs mean, so that numbers far from 0, or in
/// the thousands, would take it thousands of steps. A head is trained in units of the deviation
/// from the center, the loss too: it learns as if its outputs were of mean 0 and variance 1. The
/// prompt's head gives what they are.
public struct OutputScale: Sendable, Equatable {
  /// What outputs are about.
  public var center: Float
  /// The unit in which they are learnt.
  public var deviation: Double

  /// A scale from its parts.
  public init(center: Float, deviation: Double) {
    (self.center, self.deviation) = (center, deviation)
  }

  /// That of outputs that become probabilities.
  public static let standard = OutputScale(center: 0, deviation: 1)
}

/// A head that a model brings along.
public struct GivenHead: Sendable {
  /// [outputs, the width of what it reads].
  public let weight: Tensor
  /// [outputs].
  public let bias: Tensor
  /// Whether training changes it.
  public let isTrained: Bool

  /// A head from its parts.
  public init(weight: Tensor, bias: Tensor, isTrained: Bool) {
    (self.weight, self.bias, self.isTrained) = (weight, bias, isTrained)
  }
}

/// A head and how it was fitted.
public struct FittedHead: Sendable {
  /// [outputs, width].
  public let weight: Tensor
  /// [outputs].
  public let bias: Tensor
  /// How.
  public let fit: HeadFit

  /// A head from its parts.
  public init(weight: Tensor, bias: Tensor, fit: HeadFit) {
    (self.weight, self.bias, self.fit) = (weight, bias, fit)
  }
}

extension HeadKind {
  /// Most cut them.
  public var readsLongTexts: Bool { false }

  /// In most all examples count alike.
  public static var weighsLabels: Bool { false }

  /// The same, where all examples count alike.
  public func weighted(by weights: ClassWeights, in training: Examples) throws -> Self { self }

  /// One, where all count alike.
  public func weight(of target: Target) -> Double { 1 }

  /// Most are trained by steps only.
  public var fitsHeads: Bool { false }

  /// In most they may not.
  public var takesVerbalizer: Bool { false }

  /// There is a choice in most.
  public var pooling: Pooling? { nil }

  /// Nothing, in most.
  public func completed(
    for backbone: any Backbone, by tokenizer: any Tokenizer
  ) throws -> TaskDescription { task }

  /// None, in most.
  public func givenHead(of backbone: any Backbone) -> GivenHead? { nil }

  /// One row, of which one pooled state is read.
  public func rows(
    of question: Question, by reader: TextReader
  ) throws(TextProblem) -> [EncodedInput] {
    [try reader.input(question.text, question.pair)]
  }

  /// What a query has.
  public func question(of query: Query) throws(TextProblem) -> Question {
    Question(query.text, query.pair)
  }

  /// Around 0, where outputs become probabilities.
  public func outputScale(of targets: [Target]) -> OutputScale { .standard }

  /// None.
  public static func task(outputs: Int) -> TaskDescription? { nil }

  /// None, where there always is an answer.
  public func threshold(of outputs: [[[Float]]], for targets: [Target]) -> Double? { nil }

  /// None, where answers have no probabilities.
  public func temperature(of outputs: [[[Float]]], for targets: [Target]) -> Temperature? { nil }

  /// None.
  public func fittedHead(
    to states: Tensor, for targets: [Target], seed: UInt64, team: ThreadTeam,
    goesOn: (_ share: Double) -> Bool
  ) -> FittedHead? { nil }
}
