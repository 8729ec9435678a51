// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The options that name the data of a training.
struct TrainingFileOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Labelled examples to learn from.", valueName: "file"),
    completion: .file())
  var train: String

  @Option(
    help: ArgumentHelp("Labelled examples that choose the best prompt.", valueName: "file"),
    completion: .file())
  var validation: String?

  @Option(
    help: ArgumentHelp("Labelled examples to score at the end.", valueName: "file"),
    completion: .file())
  var test: String?

  @OptionGroup var written: FileFormOptions

  @Option(
    help: ArgumentHelp(
      "Validate on this share of the training data instead of a file, drawn at random, of each label "
        + "its part.", valueName: "share"))
  var validationSplit: Double?

  @Option(
    help: ArgumentHelp(
      "Train a prompt for each of so many parts of the training data, validated on that part, and "
        + "tell the mean and the deviation of their scores.", valueName: "n"))
  var folds: Int?

  @Option(
    help: ArgumentHelp(
      "Learn from so many examples, drawn at random, of each label its part.", valueName: "n"))
  var limit: Int?

  @Option(help: ArgumentHelp("Read only the first examples to learn from.", valueName: "n"))
  var limitFirst: Int?

  /// Refuses numbers that choose nothing.
  func check() throws {
    try requirePositive(limit, "--limit")
    try requirePositive(limitFirst, "--limit-first")
    try checkFolds()
    if let validationSplit {
      guard validationSplit > 0, validationSplit < 1 else {
        throw UsageError(
          "--validation-split must be above 0 and below 1, as in 0.1, not \(validationSplit).")
      }
      guard validation == nil else {
        throw UsageError("Give --validation or --validation-split, not both.")
      }
    }
  }

  private func checkFolds() throws {
    guard let folds else { return }
    guard folds > 1 else { throw UsageError("--folds must be at least 2, not \(folds).") }
    guard validation == nil, validationSplit == nil else {
      throw UsageError(
        "--folds validates on parts of the training data; leave out --validation and "
          + "--validation-split.")
    }
    guard limit == nil else {
      throw UsageError("--folds needs all examples; --limit-first reads fewer of them.")
    }
  }

  /// Whether there are data that choose the best prompt.
  var hasValidation: Bool { validation != nil || validationSplit != nil || folds != nil }
}
