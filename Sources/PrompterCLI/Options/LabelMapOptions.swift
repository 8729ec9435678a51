// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Prompter

/// The option that says what labels of a file are called.
struct LabelMapOptions: ParsableArguments {
  @Option(
    name: .customLong("map-label"),
    help: ArgumentHelp(
      "A label of the file, and what the prompt calls it. Repeatable.", valueName: "file=prompt"))
  var pairs: [String] = []

  /// The labels that were named.
  func map() throws -> LabelMap {
    try pairs.reduce(into: [:]) { map, pair in
      let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw UsageError(
          "--map-label takes FILE=PROMPT, as in --map-label 1=positive, not `\(pair)`.")
      }
      map[parts[0]] = parts[1]
    }
  }
}
