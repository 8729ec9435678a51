// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif
internal import Foundation

/// Why the system refused to read or write a file.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was attempted.
  public enum Action: String, Sendable {
    /// Reading.
    case read
    /// Writing.
    case write
  }

  /// What was attempted.
  public let action: Action

  /// The file.
  public let path: String

  /// The system's words, as in `No space left on device`.
  public let reason: String

  /// Whether there is nothing of that name.
  public var isMissing: Bool { unsafe reason == String(cString: strerror(ENOENT)) }

  /// One sentence for the user, with the file and the reason.
  public var description: String { "Cannot \(action) \(path): \(reason)." }

  /// An error with a reason, which by default is the one of the call that failed last.
  public init(_ action: Action, _ path: String, reason: String? = nil) {
    let code = errno
    self.action = action
    self.path = path
    self.reason = unsafe reason ?? String(cString: strerror(code))
  }
}

extension FileError {
  /// An error with the system's reason for what Foundation threw, or else Foundation's words.
  public init(_ action: Action, _ path: String, from error: any Error) {
    var cause: (any Error)? = error
    while let found = cause {
      let known = found as NSError
      if known.domain == NSPOSIXErrorDomain {
        errno = Int32(clamping: known.code)
        self.init(action, path)
        return
      }
      cause = known.userInfo[NSUnderlyingErrorKey] as? any Error
    }
    let words = error.localizedDescription
    self.init(action, path, reason: words.hasSuffix(".") ? String(words.dropLast()) : words)
  }
}

/// A file under a temporary name, which takes the place of another when it is complete.
///
/// Whatever happens before ``commit()`` returns, a crash included, the other file is either as it
/// was or as it should become. A replacement that is let go of without a commit leaves no trace.
@safe
public struct ReplacementFile: ~Copyable {
  private let path: String
  private let target: String
  private let temporaryPath: String
  private let descriptor: Int32
  private var isCommitted = false

  /// Starts an empty file beside the one that it will replace.
  ///
  /// Where a symbolic link to a regular file has the name, the link stays and its target is
  /// replaced.
  ///
  /// - Parameter path: The file to make or to replace.
  /// - Throws: `FileError` if the folder is missing or not writable, or if what has the name is no
  ///   regular file: a folder, a pipe or a device.
  public init(replacing path: String) throws(FileError) {
    let made = try Self.start(path)
    self.path = path
    (target, temporaryPath, descriptor) = made
  }

  private static func start(
    _ path: String
  ) throws(FileError) -> (target: String, temporaryPath: String, descriptor: Int32) {
    let target = try replaceablePath(path)
    let slash = target.utf8.lastIndex(of: UInt8(ascii: "/"))
    let start = slash.map(target.utf8.index(after:)) ?? target.startIndex
    while true {
      let temporaryPath =
        String(target[..<start]) + PartialName.make(for: String(target[start...]))
      let descriptor = unsafe open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { throw FileError(.write, path) }
      if holdPartial(descriptor) { return (target, temporaryPath, descriptor) }
      close(descriptor)
    }
  }

  deinit {
    close(descriptor)
    if !isCommitted { unsafe unlink(temporaryPath) }
  }

  /// Appends bytes.
  ///
  /// - Parameter bytes: What to append.
  /// - Throws: `FileError` if the disk is full or fails.
  public mutating func write(_ bytes: RawSpan) throws(FileError) {
    var rest = bytes
    while rest.byteCount > 0 {
      let count = systemWrite(descriptor, rest)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw FileError(.write, path) }
      rest = rest.extracting(droppingFirst: count)
    }
  }

  /// Appends bytes.
  ///
  /// - Parameter bytes: What to append.
  /// - Throws: `FileError` if the disk is full or fails.
  public mutating func write(_ bytes: [UInt8]) throws(FileError) {
    try write(unsafe bytes.span.bytes)
  }

  /// Waits until the bytes are on the disk, then gives the file its name.
  ///
  /// - Throws: `FileError` if the disk is full or fails, or if what has the name by now is no
  ///   regular file.
  public consuming func commit() throws(FileError) {
    guard synchronize(descriptor) else { throw FileError(.write, path) }
    if let kind = try FileKind.of(target, followingLinks: false, for: .write), kind != .file {
      throw FileError(.write, path, isNoFileBut: kind)
    }
    guard unsafe rename(temporaryPath, target) == 0 else { throw FileError(.write, path) }
    isCommitted = true
    synchronizeFolder(of: target)
  }
}

// Inside a type with a method of the same name, the system's function is out of sight.
private func systemWrite(_ descriptor: Int32, _ bytes: RawSpan) -> Int {
  unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
}

// A new name is an entry of the folder, which reaches the disk on its own. The file is in place by
// then, so a folder that cannot be opened is no failure.
func synchronizeFolder(of path: String) {
  let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
  let folder = unsafe open(slash.map { String(path[...$0]) } ?? ".", O_RDONLY | O_CLOEXEC)
  guard folder >= 0 else { return }
  _ = synchronize(folder)
  close(folder)
}

private func synchronize(_ descriptor: Int32) -> Bool {
  #if canImport(Darwin)
  // Darwin's fsync stops at the drive's own cache.
  if fcntl(descriptor, F_FULLFSYNC) == 0 { return true }
  #endif
  return fsync(descriptor) == 0
}
