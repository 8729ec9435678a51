// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import PrompterKernels

/// What numbers are computed in.
enum Precision: String, CaseIterable, ExpressibleByArgument {
  case auto
  case float32
  case bfloat16

  static let allValueStrings = ["auto", "float32"]
}

/// Options of every command that prints results.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print results as JSON.")
  var json = false

  @Flag(help: "Print results and errors only: no progress, no messages.")
  var quiet = false

  /// Tells a person something, unless they asked for silence.
  func note(_ text: String) {
    if !quiet { Output.note(text) }
  }
}

/// Options of every command that computes.
struct ComputeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Threads to compute with (default: all usable cores).", valueName: "n"))
  var threads: Int?

  @Flag(name: .customLong("no-pin"), help: "Do not pin threads to cores.")
  var isUnpinned = false

  @Option(help: "What numbers are computed in.")
  var precision: Precision = .auto

  /// Refuses what this version does not compute.
  func check() throws {
    if precision == .bfloat16 {
      throw UsageError("This version computes in float32; use --precision float32 or auto.")
    }
    if let threads, !(1...1024).contains(threads) {
      throw UsageError("--threads must be between 1 and 1024, not \(threads).")
    }
  }

  /// The number of threads.
  var threadCount: Int {
    if let threads { return threads }
    let cores = ThreadTeam.usableCores.count
    return cores > 0 ? cores : ProcessInfo.processInfo.activeProcessorCount
  }

  /// Whether each thread keeps to a core.
  var isPinned: Bool { !isUnpinned }
}
