// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// What the process knows of itself and of its user's wishes.
public enum ProcessStatus {
  /// The largest resident size so far, in bytes.
  public static var peakMemory: Int { Int(prompter_peak_memory()) }

  /// Makes the first ctrl-C set ``wasInterrupted`` and the second one end the process.
  public static func catchInterrupts() { prompter_catch_interrupts() }

  /// Ends the process with a sentence on standard error, instead of by a signal, when a file in use
  /// became shorter or its disk failed: nothing in memory can take the place of what is gone.
  ///
  /// - Parameters:
  ///   - prefix: What stands before the file's name.
  ///   - status: The exit code.
  public static func explainLostFiles(prefix: StaticString, status: Int32) {
    unsafe prefix.utf8Start.withMemoryRebound(to: CChar.self, capacity: prefix.utf8CodeUnitCount) {
      unsafe prompter_explain_lost_mappings($0, status)
    }
  }

  /// Whether ctrl-C was pressed, or an end was asked for, since ``catchInterrupts()``.
  public static var wasInterrupted: Bool { prompter_was_interrupted() != 0 }
}
