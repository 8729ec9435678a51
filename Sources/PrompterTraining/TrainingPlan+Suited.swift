// SPDX-License-Identifier: Apache-2.0

public import PrompterMethods
public import PrompterPrompts

extension TrainingPlan {
  /// The plan that suits a method and so much data, found by trying; where the command line begins.
  ///
  /// The rates are the method's own (``MethodSettings/usualPlan(writesTexts:)``), the epochs
  /// ``suitedDuration(examples:)``; a head alone is fitted until it has converged, and its rate is
  /// for plans of steps.
  ///
  /// - Parameters:
  ///   - method: The method.
  ///   - examples: The number of training examples.
  ///   - labels: The number of labels; `nil` if answers are written, for which five
  ///     epochs are where to begin.
  /// - Returns: A plan with a duration and rates; the rest is as in a plan of one's own.
  public static func suited(
    to method: MethodName, examples: Int, labels: Int?
  ) -> TrainingPlan {
    guard let usual = method.settings?.usualPlan(writesTexts: labels == nil) else {
      return TrainingPlan()
    }
    let duration = labels == nil ? .epochs(5) : suitedDuration(examples: examples)
    return TrainingPlan(
      duration: usual.isFittedUntilConverged ? .converged : duration,
      learningRate: usual.learningRate, headLearningRate: usual.headLearningRate)
  }

  /// The epochs that suit so many labelled examples: 400 divided by the root of their number, at
  /// least 2 and at most 60.
  ///
  /// Few examples want many passes and many want few: 100 are read 40 times, 700 are read 15 times,
  /// 5,000 are read 6 times and 40,000 twice. So the steps grow with the root of the examples.
  public static func suitedDuration(examples: Int) -> Duration {
    let epochs = (400 / Double(max(1, examples)).squareRoot()).rounded()
    return .epochs(min(max(Int(epochs), 2), 60))
  }
}
