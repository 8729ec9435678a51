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

  @Option(help: ArgumentHelp("Learn from the first examples only.", valueName: "n"))
  var limit: Int?
}
