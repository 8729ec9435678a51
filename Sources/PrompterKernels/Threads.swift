// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// Threads of the system's own, whose start may fail.
///
/// Foundation's say nothing where the system allows no more of them, and whoever waits for one then
/// waits for ever.
public enum Threads {
  /// Starts a thread that nobody waits for.
  ///
  /// - Parameter body: What it does.
  /// - Returns: False if the system allows no more threads; the body is not called then.
  public static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    let work = unsafe Unmanaged.passRetained(Work(body))
    let code = unsafe prompter_start_thread(
      { context in
        guard let context = unsafe context else { return }
        unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
      }, work.toOpaque(), 8 << 20)
    guard code == 0 else {
      unsafe work.release()
      return false
    }
    return true
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
      self.body = body
    }
  }
}
