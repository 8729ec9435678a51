// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif
internal import Foundation

/// A file that one process at a time holds, for as long as it lives: `flock` on it.
///
/// The system lets go of the lock when the process ends, however that ends, so what a killed one
/// left behind hinders nobody. The file is removed when the lock is let go of.
@safe
public final class FileLock: Sendable {
  /// What came of asking for a lock.
  public enum Claim: Sendable {
    /// It is held until this is let go of.
    case held(FileLock)
    /// Another process has it, and left this note, empty if it left none.
    case taken(by: String)
    /// The file system has no locks.
    case unsupported
  }

  private let path: String
  private let descriptor: Int32

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    // While it is still locked, so that nobody else's file is removed.
    unsafe unlink(path)
    close(descriptor)
  }

  /// Asks for a lock without waiting for it.
  ///
  /// - Parameters:
  ///   - path: The file, made if it is not there.
  ///   - note: What it says to others.
  /// - Returns: The lock, or who has it.
  /// - Throws: `FileError` if the file cannot be made, or is no regular file.
  public static func claim(_ path: String, note: String) throws(FileError) -> Claim {
    while true {
      let descriptor = try open(path)
      guard isRegular(descriptor) else {
        close(descriptor)
        throw FileError(.write, path, reason: "it is not a regular file")
      }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let code = errno
        defer { close(descriptor) }
        if code == EWOULDBLOCK { return .taken(by: contents(descriptor)) }
        if code == EINTR { continue }
        unsafe unlink(path)
        return .unsupported
      }
      // Its holder may have removed it between the opening and the lock.
      guard isSame(descriptor, path) else {
        close(descriptor)
        continue
      }
      leave(note, in: descriptor)
      return .held(FileLock(path: path, descriptor: descriptor))
    }
  }

  private static func open(_ path: String) throws(FileError) -> Int32 {
    let flags = O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    var descriptor = systemOpen(path, flags | O_RDWR)
    // Another user's, left behind: it can be locked, though not written.
    if descriptor < 0, errno == EACCES {
      descriptor = systemOpen(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    }
    guard descriptor >= 0 else { throw FileError(.write, path) }
    return descriptor
  }

  private static func isRegular(_ descriptor: Int32) -> Bool {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 && FileKind(mode: status.st_mode) == .file
  }

  private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
    var (own, there) = (stat(), stat())
    return unsafe fstat(descriptor, &own) == 0 && lstat(path, &there) == 0
      && own.st_ino == there.st_ino && own.st_dev == there.st_dev
  }

  // A note that cannot be left, as on a full disk, is missed by nobody but people.
  private static func leave(_ note: String, in descriptor: Int32) {
    guard ftruncate(descriptor, 0) == 0 else { return }
    let bytes = Array(note.utf8.prefix(longestNote))
    _ = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
  }

  private static func contents(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: longestNote)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe pread(descriptor, $0.baseAddress, $0.count, 0)
    }
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  private static let longestNote = 300
}

// Inside a type with a method of the same name, the system's function is out of sight.
private func systemOpen(_ path: String, _ flags: Int32) -> Int32 {
  unsafe open(path, flags, 0o666)
}

/// A lock on a file or folder that is being written under a temporary name, which says to others
/// that it was not left behind by a killed process.
///
/// - Parameter descriptor: An open file or folder.
/// - Returns: False if somebody removed it, taking it for one left behind.
func holdPartial(_ descriptor: Int32) -> Bool {
  // Who removes what was left behind holds it for a moment. Where there are no locks, this fails at
  // once, and nobody removes anything.
  while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
  var status = stat()
  return unsafe fstat(descriptor, &status) == 0 && status.st_nlink > 0
}

/// Removes a temporary file or folder that nobody holds.
///
/// It is locked until it is gone, so that who has just made it waits, and then finds it removed.
///
/// - Parameter path: The file or folder; one that is held stays, and so does what is neither.
func removeIfAbandoned(_ path: String) {
  let descriptor = systemOpen(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
  guard descriptor >= 0 else { return }
  defer { close(descriptor) }
  var status = stat()
  guard unsafe fstat(descriptor, &status) == 0,
    [.file, .folder].contains(FileKind(mode: status.st_mode)),
    flock(descriptor, LOCK_EX | LOCK_NB) == 0
  else { return }
  try? FileManager.default.removeItem(atPath: path)
}

/// This process, for a note to others: its number, its machine, and the time.
public var processInWords: String {
  var name = [CChar](repeating: 0, count: 256)
  let isNamed = unsafe gethostname(&name, name.count - 1) == 0
  let host = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  return "process \(getpid())" + (isNamed ? " on " + String(decoding: host, as: UTF8.self) : "")
    + " since " + Date.now.ISO8601Format()
}
