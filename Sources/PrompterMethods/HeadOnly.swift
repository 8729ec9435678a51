// SPDX-License-Identifier: Apache-2.0

public import PrompterCore

/// A head on the frozen backbone, nothing else: the baseline that every prompt has to beat.
///
/// Its states stay as they are, so it is fitted until it has converged unless it is told to take
/// steps.
public struct HeadOnly: MethodSettings {
  /// `head-only`.
  public static var name: MethodName { .headOnly }

  /// It has no options.
  public init() {}

  /// Until it has converged; the rate is for plans of steps.
  public static func usualPlan(writesTexts: Bool) -> UsualPlan {
    UsualPlan(learningRate: 5e-3, isFittedUntilConverged: true)
  }

  /// The head is all.
  public static var trainsHeadAlone: Bool { true }

  /// Nothing.
  public var record: SettingsRecord { SettingsRecord() }
  /// None.
  public var occupiedPositions: Int { 0 }
  /// Any backbone will do.
  public func check(for shape: BackboneShape) throws {}

  /// Refuses tasks whose answers are texts.
  public func check(hasHead: Bool, pooling: Pooling) throws {
    guard hasHead else {
      throw TrainingError.cannotTrain(
        method: name, reason: "answers that are texts have no head")
    }
  }

  /// None besides the head's.
  public func parameterCount(for shape: BackboneShape) -> Int { 0 }

  /// No prompt.
  public func make(for backbone: any Backbone, seed: UInt64) -> any PromptMethod {
    NoPrompt(layerCount: backbone.layerCount)
  }
}

extension MethodName {
  /// A head alone.
  public static let headOnly = MethodName(rawValue: "head-only")
}

extension MethodSettings where Self == HeadOnly {
  /// A head on the frozen backbone, nothing else.
  public static var headOnly: HeadOnly { HeadOnly() }
}
