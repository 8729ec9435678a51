// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The bytes of a file, a pipe or a terminal as they come, some at a time.
///
/// Whoever reads takes what is there and can tell whether more is there before waiting for it. So a
/// file is read in large pieces, and what a person types line by line.
///
/// ```swift
/// let input = try InputPieces(path: "queries.jsonl")
/// while case let piece = try input.next(), !piece.isEmpty { … }
/// ```
public final class InputPieces: Sendable {
  private let descriptor: Int32
  private let path: String
  private let isStandardInput: Bool

  /// The bytes of standard input.
  public init() {
    (descriptor, path, isStandardInput) = (STDIN_FILENO, "standard input", true)
  }

  /// The bytes of a file, a pipe or a device.
  ///
  /// - Parameter path: What to read; a named pipe is waited for until somebody writes to it.
  /// - Throws: `FileError` with the system's reason, or that it is a folder.
  public init(path: String) throws(FileError) {
    (descriptor, _) = try openedForReading(path, allowsPipes: true)
    (self.path, isStandardInput) = (path, false)
  }

  deinit {
    if !isStandardInput { close(descriptor) }
  }

  /// The next bytes, as many as are there; waits until there are some.
  ///
  /// - Parameter limit: The most bytes to take.
  /// - Returns: At least one byte; none at the end.
  /// - Throws: `FileError` with the system's reason.
  public func next(atMost limit: Int = 1 << 18) throws(FileError) -> [UInt8] {
    while true {
      var (count, code) = (0, Int32(0))
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
        count = unsafe read(descriptor, buffer.baseAddress, limit)
        code = errno
        filled = max(0, count)
      }
      if count >= 0 { return bytes }
      // Another program may have left standard input in the mode that never waits.
      if code == EAGAIN { _ = isReady(within: -1) }
      errno = code
      guard code == EINTR || code == EAGAIN else { throw FileError(.read, path) }
    }
  }

  /// Whether ``next(atMost:)`` would return at once: bytes are there, or the end.
  public var isReady: Bool { isReady(within: 0) }

  private func isReady(within milliseconds: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&entry, 1, milliseconds) > 0
  }
}
