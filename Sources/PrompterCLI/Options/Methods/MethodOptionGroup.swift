// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Prompter

/// The options that one method has and others have not.
///
/// A method without any needs no group: it is made as it is.
protocol MethodOptionGroup: ParsableArguments {
  /// The method.
  static var method: MethodName { get }

  /// Where its prompts start unless told otherwise; nil if they start nowhere.
  static var usualStart: PromptStart? { get }

  /// The starts that it takes, in words; nil if it takes all.
  static var startWords: String? { get }

  /// The options that `--peft-compatible` settles; none by default.
  static var settledByPEFT: [String] { get }

  /// What `train --help` shows of the method, lines after the first indented as there; nothing by
  /// default.
  static var example: String? { get }

  /// The options that were given, as they are spelled.
  var given: [String] { get }

  /// Refuses words of later versions, whatever the method is; there are none by default.
  func refuseLater() throws

  /// Refuses values that none can have.
  func check() throws

  /// Whether a start is one of the method's; it is by default.
  func takes(_ start: PromptStart) -> Bool

  /// The method as far as it decides how much is trained.
  ///
  /// - Parameters:
  ///   - promptLength: The virtual tokens, if they were given.
  ///   - shape: The backbone's.
  /// - Returns: The settings.
  /// - Throws: `TrainingError` if the backbone has not what the options ask for.
  func settings(promptLength: Int?, for shape: BackboneShape) throws -> any MethodSettings

  /// The method with all its options.
  ///
  /// - Parameters:
  ///   - promptLength: The virtual tokens, if they were given.
  ///   - start: Where the prompt starts, if that was given.
  ///   - setting: What is known once the model and the data are.
  /// - Returns: The settings.
  /// - Throws: ``UsageError`` for options that do not go together; errors of reading a prompt.
  func settings(
    promptLength: Int?, start: PromptStart?, in setting: MethodSetting
  ) throws -> any MethodSettings
}

extension MethodOptionGroup {
  static var startWords: String? { nil }
  static var settledByPEFT: [String] { [] }
  static var example: String? { nil }
  func refuseLater() throws {}
  func takes(_ start: PromptStart) -> Bool { true }
}

/// What options become a method in.
struct MethodSetting {
  let model: PretrainedModel
  /// The labels that a prompt may start from.
  let labels: [String]
  var recipe: TrainingRecipe?
}
