// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter

struct PendingError: Error, CustomStringConvertible { var description = "Pending." }

struct Trainer {
  init(model: PretrainedModel, method: MethodChoice, plan: TrainingPlan, pooling: Pooling? = nil) {}
  func train(
    task: TaskDescription, training: Dataset, validation: Dataset?, folder: URL?, resuming: Bool,
    isInterrupted: () -> Bool, report: (TrainingEvent) -> Void
  ) throws -> TrainingOutcome { throw PendingError() }
}
struct TrainingOutcome {
  var prompt: Prompt
  var wasInterrupted: Bool
  var seconds: Double
}
enum TrainingEvent {
  case started(TrainingStart)
  case step(StepReport)
  case evaluated(EpochReport, isBest: Bool)
  case saved(step: Int)
}
struct TrainingStart {
  var trainableParameters: Int
  var backboneParameters: Int
  var examples: Int
  var stepCount: Int
  var stepsPerEpoch: Int
  var baseline: [String: Double]
  var cutTexts: Int
  var resumedStep: Int?
}
struct StepReport {
  var step: Int
  var stepCount: Int
  var epoch: Double
  var loss: Double
  var rate: Double
  var examplesPerSecond: Double
  var secondsLeft: Double
}
struct Query {
  init(_ text: String, _ pair: String? = nil, task: String? = nil) {}
}
struct Prediction {
  var task: String
  var label: String
  var probability: Double
  var labels: [String]
  var probabilities: [Double]
  var isCut: Bool
}
struct Evaluation {
  var task: String
  var examples: Int
  var metrics: [String: Double]
  var baseline: [String: Double]
  var seconds: Double
  var examplesPerSecond: Double
  var confusion: ConfusionMatrix
  var labels: [String]
  var predictions: [Int]
}
struct Predictor {
  init(
    model: PretrainedModel, prompts: [(name: String, prompt: Prompt)], threads: Int = 1,
    isPinned: Bool = true
  ) throws {}
  func predict(_ queries: [Query]) throws -> [Prediction] { throw PendingError() }
  func evaluate(_ name: String, on dataset: Dataset) throws -> Evaluation { throw PendingError() }
}
extension Prompt {
  init(contentsOf folder: URL) throws { throw PendingError() }
  func write(to folder: URL, overwriting: Bool) throws {}
  var peftObstacle: String? { nil }
}
