// SPDX-License-Identifier: Apache-2.0

public import PrompterCore

/// A method and its options: all that the rest of the house asks of it.
///
/// A type of settings in ``Methods/all`` is a method that can be trained. What it trains is the
/// ``PromptMethod`` that it makes, and what is left on the disk follows from that one's folded form
/// alone.
public protocol MethodSettings: Sendable {
  /// The method's name.
  static var name: MethodName { get }

  /// Where to begin with rates and duration.
  ///
  /// - Parameter writesTexts: Whether answers are written, rather than chosen by a head.
  /// - Returns: Rates, and whether they are needed.
  static func usualPlan(writesTexts: Bool) -> UsualPlan

  /// Whether the backbone's weights are trained too; no by default.
  static var trainsBackbone: Bool { get }

  /// Whether the head is all that is trained, so that states stay as they are; no by default.
  static var trainsHeadAlone: Bool { get }

  /// The kinds of Hugging Face PEFT's adapters that are prompts of this method; none by default.
  static var peftTypes: [String] { get }

  /// Why PEFT cannot hold a prompt of this method for a model that writes, where it can for one
  /// that reads, as the end of a sentence; nil by default.
  static var peftTextObstacle: String? { get }

  /// Options as words, which guard the resuming of a training; the keys and values by default.
  ///
  /// - Parameter record: A ``record``, perhaps from a damaged file.
  /// - Returns: The words, also for a record that makes no sense.
  static func words(of record: SettingsRecord) -> String

  /// The settings with which a run goes on that began with others, where an older version
  /// understood the same options otherwise; the same by default.
  ///
  /// - Parameter words: What that run's options were, as ``words(of:)`` has it.
  /// - Returns: The settings.
  func continuing(_ words: String) -> Self

  /// The method with its usual options.
  init()

  /// All options that decide the result, as a prompt's card keeps them.
  var record: SettingsRecord { get }

  /// The positions of the backbone that the prompt takes from the text.
  var occupiedPositions: Int { get }

  /// Checks that the options suit a backbone.
  ///
  /// - Parameter shape: The backbone's.
  /// - Throws: ``TrainingError``.
  func check(for shape: BackboneShape) throws

  /// Checks that the options suit what is read from the backbone; they do by default.
  ///
  /// - Parameters:
  ///   - hasHead: Whether a head reads, rather than a decoder writing.
  ///   - pooling: What a head reads.
  /// - Throws: ``TrainingError``.
  func check(hasHead: Bool, pooling: Pooling) throws

  /// The number of values that training changes, the head's aside, by arithmetic alone.
  func parameterCount(for shape: BackboneShape) -> Int

  /// The method with fresh parameters.
  ///
  /// - Parameters:
  ///   - backbone: A backbone that the options were checked for.
  ///   - seed: The seed of what is random.
  /// - Returns: What is trained.
  func make(for backbone: any Backbone, seed: UInt64) -> any PromptMethod
}

extension MethodSettings {
  /// No.
  public static var trainsBackbone: Bool { false }
  /// No.
  public static var trainsHeadAlone: Bool { false }
  /// None.
  public static var peftTypes: [String] { [] }
  /// Nothing.
  public static var peftTextObstacle: String? { nil }
  /// The same.
  public func continuing(_ words: String) -> Self { self }
  /// The keys and values.
  public static func words(of record: SettingsRecord) -> String { record.description }
  /// They do.
  public func check(hasHead: Bool, pooling: Pooling) throws {}

  /// The method's name.
  public var name: MethodName { Self.name }
  /// Whether the backbone's weights are trained too.
  public var trainsBackbone: Bool { Self.trainsBackbone }
  /// Whether the head is all that is trained.
  public var trainsHeadAlone: Bool { Self.trainsHeadAlone }
}
