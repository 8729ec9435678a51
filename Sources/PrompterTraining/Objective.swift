// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterCore
internal import PrompterKernels
internal import PrompterMethods
internal import PrompterNN
internal import PrompterPrompts
internal import PrompterTasks

/// What a run teaches: how examples become a loss, and how answers become scores.
///
/// An objective owns the data and the head, if there is one. The session owns the method, the
/// optimiser and the order of examples, and asks for gradients and scores.
protocol Objective: AnyObject {
  /// The columns that the training data were read from, if it is known and they say which texts are
  /// read.
  var columns: Fields? { get }
  /// The layer that makes an answer of what it pools, trained beside the prompt.
  var head: Linear? { get }
  /// That layer as a prompt has it: one that gives answers as they are.
  var answeringHead: Linear? { get }
  /// The number of training examples.
  var exampleCount: Int { get }
  /// The training examples whose texts were too long.
  var longTexts: LongTextCounts { get }
  /// What the tokenizer found odd about the texts.
  var warnings: [DataWarning] { get }
  /// The scores of the majority baseline on the validation data.
  var baseline: [String: Double] { get }
  /// The metric that selects the best prompt.
  var selectingMetric: String? { get }
  /// Whether there are validation data.
  var scoresPrompts: Bool { get }
  /// What is kept of the layers below the prompts, if anything is.
  var cache: LowerStateCache? { get }
  /// The training data, as the backbone reads them.
  var trainingFingerprint: DataFingerprint { get }
  /// The validation data, if there are any.
  var validationFingerprint: DataFingerprint? { get }

  /// The tokens of a training example.
  func tokenCount(of example: Int) -> Int

  /// The rows of a training example.
  func rowCount(of example: Int) -> Int

  /// What the losses of some examples are multiplied by when they make one step.
  func scale(of examples: [Int]) -> Float

  /// Fits the head to what the backbone gives under a prompt that stays as it is.
  ///
  /// - Parameters:
  ///   - prompt: The prompt.
  ///   - goesOn: Told of the share that is done; whether to go on.
  /// - Returns: How well it fits; `nil` if told to stop or there is no head.
  func fitHead(under prompt: FoldedPrompt, goesOn: (Double) -> Bool) -> HeadFit?

  /// The gradients of some examples' loss.
  ///
  /// - Parameters:
  ///   - examples: Their indices in the training data.
  ///   - firstNumber: The number of their first row within the step.
  ///   - step: What they have in common.
  /// - Returns: The sums over all of them.
  func gradients(of examples: [Int], firstNumber: Int, step: TrainingStep) -> BatchGradients

  /// How a prompt does on the validation data; nil without any.
  ///
  /// - Throws: ``DataError`` for an example that cannot be scored.
  func scores(of prompt: FoldedPrompt) throws -> ValidationScores?
}

/// How a prompt does on validation data.
struct ValidationScores {
  /// The scores by the metrics' names.
  var metrics: [String: Double]
  /// What makes its probabilities right on average, in kinds of task that have them.
  var temperature: Double?
  /// What makes its answers best, in kinds of task where there may be none.
  var threshold: Double?
}

extension Objective {
  /// One, as a rule.
  func rowCount(of example: Int) -> Int { 1 }

  /// The same, where what is trained gives answers as they are.
  var answeringHead: Linear? { head }

  /// Without a head there is nothing to fit.
  func fitHead(under prompt: FoldedPrompt, goesOn: (Double) -> Bool) -> HeadFit? { nil }
}

/// What every objective of a run is made with.
struct ObjectiveSetting {
  let trainer: Trainer
  let backbone: any Backbone
  let method: any PromptMethod
  let team: ThreadTeam
  let folder: URL?

  var plan: TrainingPlan { trainer.plan }

  /// Makes rows of the run's texts.
  var reader: TextReader {
    var reader = TextReader(
      tokenizer: trainer.model.tokenizer, maximumLength: plan.maximumLength,
      within: TextLimits(of: backbone, occupiedPositions: trainer.method.occupiedPositions))
    reader.longTexts = plan.longTexts
    return reader
  }
}
