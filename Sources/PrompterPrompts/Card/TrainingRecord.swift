// SPDX-License-Identifier: Apache-2.0

internal import PrompterCore
internal import PrompterKernels
public import PrompterMethods
internal import PrompterNN
internal import PrompterTasks

/// What a prompt was trained with besides its plan: with that, all that decides the result.
public struct TrainingRecord: Codable, Sendable, Equatable {
  /// The method's options.
  public var method: SettingsRecord
  /// The training data, as the backbone read them.
  public var training: DataFingerprint
  /// The validation data, if there were any.
  public var validation: DataFingerprint?

  private enum CodingKeys: String, CodingKey {
    case method
    case training = "training_data"
    case validation = "validation_data"
  }

  /// A record from its parts.
  public init(
    method: SettingsRecord, training: DataFingerprint, validation: DataFingerprint? = nil
  ) {
    self.method = method
    self.training = training
    self.validation = validation
  }
}

/// How many examples there are, and a hash of all that is in them.
public struct DataFingerprint: Codable, Sendable, Equatable, CustomStringConvertible {
  /// The number of examples.
  public var examples: Int
  /// The first digits of a SHA-256 of the tokens and labels.
  public var sha256: String

  /// A fingerprint from its parts.
  public init(examples: Int, sha256: String) {
    self.examples = examples
    self.sha256 = sha256
  }

  /// Both, as in `60 examples (12af90b31c44)`.
  public var description: String { "\(examples) examples (\(sha256))" }

  // Of lists of numbers.
  package init(of examples: [[[Int32]]]) {
    var hash = SHA256()
    for lists in examples { hash.update(lists: lists) }
    self.init(examples: examples.count, sha256: String(hash.digest.prefix(12)))
  }
}

/// Why a prompt's training ended before its time.
public struct UnfinishedTraining: Codable, Sendable, Equatable {
  /// What ended it.
  public enum Reason: String, Codable, Sendable {
    /// Somebody did.
    case interrupted
    /// A loss or a gradient that was no finite number.
    case diverged
  }

  /// What ended it.
  public var reason: Reason
  /// The steps taken until then.
  public var step: Int
  /// The steps of the whole training.
  public var stepCount: Int

  private enum CodingKeys: String, CodingKey {
    case reason, step
    case stepCount = "steps"
  }

  /// A reason and how far training had come.
  public init(reason: Reason, step: Int, stepCount: Int) {
    self.reason = reason
    self.step = step
    self.stepCount = stepCount
  }

  /// What a user should know before relying on the prompt.
  ///
  /// - Parameter isScored: Whether there was an evaluation before, so that the prompt is the best
  ///   one.
  /// - Returns: A sentence.
  public func warning(isScored: Bool = true) -> String {
    let cause = reason == .interrupted ? "was interrupted at" : "diverged after"
    let prompt =
      isScored ? "the best prompt until then" : "the prompt of that step, before any evaluation"
    return "The training \(cause) step \(step) of \(stepCount); this is \(prompt)."
  }
}

extension MethodName {
  /// A method's options in the words of training states, which older versions wrote too.
  func words(of record: SettingsRecord) -> String {
    settings?.words(of: record) ?? record.description
  }
}

extension PromptCard {
  /// All that decides the result, in words, by what it is called.
  ///
  /// What the card does not say is left out.
  package var settings: [String: String] {
    var settings = [
      "method": method.rawValue, "trained parameters": "\(trainableParameters)",
      "backbone": backbone.sha256 ?? backbone.name,
      "task": task.preset ?? task.kind.rawValue,
      "labels": task.labels.joined(separator: ", "),
      "precision": (precision ?? .float32).rawValue,
      "metrics": task.metricNames.joined(separator: ", "),
    ]
    settings["choosing metric"] = task.selectingMetric
    settings["pooling"] = pooling?.rawValue
    settings["overlap of windows"] = task.spans?.overlap.map { "\($0)" }
    settings["template"] = task.text.map { "\($0.template)" }
    if let plan {
      settings.merge(plan.settings) { $1 }
      if task.text != nil { settings["maximum target length"] = "\(plan.maximumTargetLength)" }
    }
    if let record = training {
      settings[Self.methodOptions] = method.words(of: record.method)
      settings["start of the prompt"] = record.method.string("start_sha256").map {
        String($0.prefix(12))
      }
      settings["training data"] = "\(record.training)"
      settings["validation data"] = record.validation.map { "\($0)" } ?? "none"
    }
    return settings
  }

  /// What the words on a method's options are called.
  package static let methodOptions = "method's options"

  /// What states of older versions do not say.
  package static let settingsNotInOldStates: Set = [
    "task", "labels", "start of the prompt", "choosing metric",
  ]

  /// What it was of them where there was no choice.
  package static let settingsOfOldStates = [
    "head's start": TrainingPlan.HeadStart.random.rawValue,
    "head's learning rate": TrainingPlan.sharedHeadRate,
    "class weights": TrainingPlan.equalWeights,
    "long texts": LongTexts.cut.rawValue,
  ]
}

extension TrainingPlan {
  fileprivate static let equalWeights = "none"
  fileprivate static let sharedHeadRate = "the others'"

  fileprivate var settings: [String: String] {
    [
      "duration": "\(duration)", "batch size": "\(batchSize)", "optimizer": "\(optimizer)",
      "learning rate": "\(learningRate)",
      "head's learning rate": headLearningRate.map { "\($0)" } ?? Self.sharedHeadRate,
      "head's start": headStart.rawValue, "schedule": schedule.rawValue, "warm-up": "\(warmup)",
      "weight decay": "\(weightDecay)", "z-loss": "\(zLoss)",
      "class weights": classWeights?.description ?? Self.equalWeights,
      "gradient norm": gradientNormLimit.map { "\($0)" } ?? "unlimited",
      "gradient accumulation": "\(gradientAccumulation)", "evaluation": "\(evaluation)",
      "patience": patience.map { "\($0)" } ?? "none", "maximum length": "\(maximumLength)",
      "long texts": longTexts.rawValue,
      "backbone dropout": "\(backboneDropout)",
      "order of examples": isShuffled ? "shuffled" : "the file's", "seed": "\(seed)",
      "number of threads": "\(threads)",
    ]
  }
}

/// The first setting that differs, in words; nil if all are the same.
///
/// - Parameters:
///   - found: Settings that were saved.
///   - wanted: Those of now.
///   - optional: What may be missing from the saved ones.
/// - Returns: `its NAME is A, now it is B`.
package func firstDifference(
  _ found: [String: String], _ wanted: [String: String], optional: Set<String> = []
) -> String? {
  // What entails other differences comes first.
  let first = ["backbone", "task", "method"]
  let others = Set(found.keys).union(wanted.keys).subtracting(first)
  for key in first + others.sorted() where found[key] != wanted[key] {
    if found[key] == nil, optional.contains(key) { continue }
    return "its \(key) is \(found[key] ?? "unknown"), now it is \(wanted[key] ?? "unknown")"
  }
  return nil
}
