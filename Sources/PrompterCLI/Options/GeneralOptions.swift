// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter
import PrompterJSON
import PrompterKernels

/// What weights are multiplied in.
enum PrecisionArgument: String, CaseIterable, ExpressibleByArgument {
  case auto
  case float32
  case bfloat16
  case int16

  /// What was asked for; nil for the library's own choice.
  var precision: Precision? {
    switch self {
    case .auto: nil
    case .float32: .float32
    case .bfloat16: .bfloat16
    case .int16: .int16
    }
  }
}

/// Options of every command that prints results.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print results as JSON.")
  var json = false

  @Flag(help: "Print results and errors only: no progress, no messages.")
  var quiet = false

  /// Tells a person something on one line, unless they asked for silence.
  func note(_ text: String) {
    if !quiet { Output.note(text.escapingControls()) }
  }

  /// Tells what of a data file was not read; a preset's columns are known, and so are those that it
  /// leaves out.
  func note(_ omissions: Omissions, of file: URL, _ task: TaskDescription) {
    let columns = task.preset == nil ? omissions.columnSentence : nil
    for sentence in omissions.remarks + [omissions.rowSentence, columns].compactMap({ $0 }) {
      note("\(file.relativePath): \(sentence).")
    }
  }
}

/// Options of every command that computes.
struct ComputeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Threads to compute with (default: all usable cores).", valueName: "n"))
  var threads: Int?

  @Flag(name: .customLong("no-pin"), help: "Do not pin threads to cores.")
  var isUnpinned = false

  @Option(
    help: ArgumentHelp(
      "What weights are multiplied in; auto is the fastest on this CPU: bfloat16 with AMX or AVX-512 "
        + "BF16, int16 with AVX2, else float32; \(MethodName.trainingBackbone)'s is bfloat16 with "
        + "AMX, else float32.",
      valueName: "precision"))
  var precision: PrecisionArgument = .auto

  /// What weights are multiplied in, if that was said, and a word about it where it is not worth
  /// its time.
  func precision(_ console: OutputOptions) -> Precision? {
    let chosen = precision.precision
    if chosen == .int16, !Precision.isInt16Fast {
      console.note(
        "This CPU multiplies 16-bit integers no faster than float32: --precision float32 is exact.")
    }
    if chosen == .bfloat16, !Precision.isBFloat16Native {
      console.note(
        "This CPU has no products in bfloat16: rounded numbers are multiplied in float32, which "
          + "is slower than --precision float32.")
    }
    return chosen
  }

  /// Refuses numbers of threads that cannot be.
  func check() throws {
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
