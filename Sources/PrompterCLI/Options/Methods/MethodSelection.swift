// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Prompter

/// The options that choose a method, and how it is meant.
struct MethodSelection: ParsableArguments {
  @Option(help: "The method (default: \(Methods.usual.rawValue)).")
  var method: MethodName?

  @Option(
    help: ArgumentHelp(
      "A published plan for \(TrainingRecipe.lester.method.rawValue): as Lester and others 2021 "
        + "say it, or as their code does it. Other options change it.", valueName: "name"))
  var recipe: TrainingRecipe?

  @Flag(
    help: ArgumentHelp(
      "Wire the prompt as PEFT does, so that it loads there: a head reads the first slot."))
  var peftCompatible = false

  /// The method, if this version has it and the recipe is one for it.
  func checked() throws -> any MethodSettings.Type {
    let settings = try (method ?? recipe?.method ?? Methods.usual).checked()
    if let recipe, settings.name != recipe.method {
      throw UsageError(
        "--recipe \(recipe.rawValue) is for \(recipe.method.rawValue), not "
          + "\(settings.name.rawValue).")
    }
    return settings
  }
}
