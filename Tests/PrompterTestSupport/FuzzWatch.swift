// SPDX-License-Identifier: Apache-2.0

private import Foundation
private import PrompterKernels
private import Synchronization

/// Watches over the damaged files of a long run: none may take 20 seconds, and none make the
/// process larger than 1 GB.
///
/// The file at work is kept on the disk, so that it is there after a trap too. Which damage a test
/// does stays the same, watched or not.
final class FuzzWatch: Sendable {
  static let mostSeconds = 20.0
  /// What the tests need themselves is far below the fifth that is added.
  static let mostMemory = 1_200_000_000

  /// Whether there is a long run, to which the environment's `PROMPTER_FUZZ_COUNT` belongs.
  static let isWanted = ProcessInfo.processInfo.environment["PROMPTER_FUZZ_COUNT"] != nil

  private struct State {
    var started = ContinuousClock.now
    var inputs = 0
    var isOver = false
  }

  private let state = Mutex(State())
  private let file: URL
  private let handle: FileHandle?

  private static let number = Atomic(0)

  init() {
    let number = Self.number.wrappingAdd(1, ordering: .relaxed).newValue
    file = FileManager.default.temporaryDirectory.appending(path: "input-\(number)")
    let isMade = FileManager.default.createFile(atPath: file.path, contents: nil)
    handle = isMade ? try? FileHandle(forWritingTo: file) : nil
    Thread.detachNewThread { [weak self] in
      while self?.isInTime() == true { Thread.sleep(forTimeInterval: 1) }
    }
  }

  /// The next input begins, and with it the one before ends.
  func begin(_ bytes: [UInt8]) {
    checkMemory()
    try? handle?.seek(toOffset: 0)
    try? handle?.write(contentsOf: bytes)
    try? handle?.truncate(atOffset: UInt64(bytes.count))
    state.withLock {
      $0.started = .now
      $0.inputs += 1
    }
  }

  /// The last input has ended: nothing is left of it but the number of all.
  func end() {
    checkMemory()
    let inputs = state.withLock { state in
      state.isOver = true
      return state.inputs
    }
    try? handle?.close()
    try? FileManager.default.removeItem(at: file)
    FileHandle.standardError.write(Data("damaged files: \(inputs)\n".utf8))
  }

  private func checkMemory() {
    let peak = ProcessStatus.peakMemory
    if peak > Self.mostMemory { fail("made the process \(peak / 1_000_000) MB large") }
  }

  private func isInTime() -> Bool {
    let (started, isOver) = state.withLock { ($0.started, $0.isOver) }
    if isOver { return false }
    if ContinuousClock.now - started > .seconds(Self.mostSeconds) {
      fail("took more than \(Int(Self.mostSeconds)) s")
    }
    return true
  }

  private func fail(_ what: String) -> Never {
    FileHandle.standardError.write(Data("The damaged file \(file.path) \(what).\n".utf8))
    exit(1)
  }
}

/// Ends the watch when the last copy of its mutations is gone.
final class FuzzWatchKeeper: Sendable {
  let watch = FuzzWatch()

  deinit { watch.end() }
}
