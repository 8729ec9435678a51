// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Where the prompt of a training goes, and what may be there.
struct TrainingTargetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The folder for the prompt.", valueName: "dir"), completion: .directory)
  var output: String

  @Flag(help: "Go on with a training that was interrupted.")
  var resume = false

  @Flag(help: "Replace the prompt that is in the folder.")
  var overwrite = false
}

/// What a training may keep in memory.
struct CacheOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Memory for the states below --prompt-layers, which are computed once; what needs more is "
        + "kept in a temporary file.", valueName: "size"))
  var cacheMemory = MemorySize(bytes: 1 << 30)
}
