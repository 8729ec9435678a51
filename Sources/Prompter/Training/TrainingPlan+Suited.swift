// SPDX-License-Identifier: Apache-2.0

extension TrainingPlan {
  /// The plan that suits a method and so much data, found by trying; where the command line begins.
  ///
  /// | method | duration | rate | the head's |
  /// | --- | --- | --: | --: |
  /// | P-Tuning v2 | ``suitedDuration(examples:)`` | 1e-2 | the same |
  /// | prompt tuning | ``suitedDuration(examples:)`` | 2e-2 | the same |
  /// | head-only | ``Duration/converged``; its rate is for plans of steps | 5e-3 | the same |
  /// | fine-tuning | ``suitedDuration(examples:)`` | 1e-4 | 1e-3 |
  ///
  /// The head of fine-tuning starts from nothing beside weights that are good already: at their rate
  /// it would not have told many labels apart when the plan ends.
  ///
  /// - Parameters:
  ///   - method: The method.
  ///   - examples: The number of training examples.
  ///   - labels: The number of labels; `nil` if answers are written, for which five epochs are where to
  ///     begin.
  /// - Returns: A plan with a duration and rates; the rest is as in a plan of one's own.
  public static func suited(
    to method: MethodName, examples: Int, labels: Int?
  ) -> TrainingPlan {
    let duration = labels == nil ? .epochs(5) : suitedDuration(examples: examples)
    switch method {
    case .pTuningV2: return TrainingPlan(duration: duration, learningRate: 1e-2)
    case .promptTuning: return TrainingPlan(duration: duration, learningRate: 2e-2)
    case .headOnly: return TrainingPlan(duration: .converged, learningRate: 5e-3)
    case .fineTuning:
      return labels == nil
        ? TrainingPlan(duration: duration, learningRate: 5e-5)
        : TrainingPlan(duration: duration, learningRate: 1e-4, headLearningRate: 1e-3)
    }
  }

  /// The epochs that suit so many labelled examples: 400 divided by the root of their number, at least
  /// 2 and at most 60.
  ///
  /// Few examples want many passes and many want few: 100 are read 40 times, 700 are read 15 times,
  /// 5,000 are read 6 times and 40,000 twice. So the steps grow with the root of the examples.
  public static func suitedDuration(examples: Int) -> Duration {
    let epochs = (400 / Double(max(1, examples)).squareRoot()).rounded()
    return .epochs(min(max(Int(epochs), 2), 60))
  }
}
