// SPDX-License-Identifier: Apache-2.0

public import PrompterCore

/// All weights of the backbone, and a head: what prompts are measured by.
public struct FineTuning: MethodSettings {
  /// `fine-tuning`.
  public static var name: MethodName { .fineTuning }

  /// It has no options.
  public init() {}

  /// A low rate, and a higher one for the head.
  ///
  /// The head starts from nothing beside weights that are good already: at their rate it would not
  /// have told many labels apart when the plan ends.
  public static func usualPlan(writesTexts: Bool) -> UsualPlan {
    writesTexts
      ? UsualPlan(learningRate: 5e-5) : UsualPlan(learningRate: 1e-4, headLearningRate: 1e-3)
  }

  /// All weights.
  public static var trainsBackbone: Bool { true }

  /// Nothing.
  public var record: SettingsRecord { SettingsRecord() }
  /// None.
  public var occupiedPositions: Int { 0 }
  /// Any backbone will do.
  public func check(for shape: BackboneShape) throws {}
  /// The backbone's.
  public func parameterCount(for shape: BackboneShape) -> Int { shape.parameterCount }

  /// No prompt: the parameters are the backbone's own.
  public func make(for backbone: any Backbone, seed: UInt64) -> any PromptMethod {
    NoPrompt(layerCount: backbone.layerCount)
  }
}

extension MethodName {
  /// All weights.
  public static let fineTuning = MethodName(rawValue: "fine-tuning")
}

extension MethodSettings where Self == FineTuning {
  /// All weights of the backbone, and a head.
  public static var fineTuning: FineTuning { FineTuning() }
}
