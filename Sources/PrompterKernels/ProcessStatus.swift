// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// What the process knows of itself and of its user's wishes.
public enum ProcessStatus {
  /// The largest resident size so far, in bytes.
  public static var peakMemory: Int { Int(prompter_peak_memory()) }

  /// Makes the first ctrl-C set ``wasInterrupted`` and the second one end the process.
  public static func catchInterrupts() { prompter_catch_interrupts() }

  /// Whether ctrl-C was pressed, or an end was asked for, since ``catchInterrupts()``.
  public static var wasInterrupted: Bool { prompter_was_interrupted() != 0 }
}
