// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Gives a file or folder another name on the same disk, in one step.
///
/// A file replaces a file of that name, and a folder an empty folder; Foundation's own moves
/// replace nothing.
///
/// - Parameters:
///   - path: What to move, without a slash at the end.
///   - target: Its new path, without a slash at the end.
/// - Throws: `FileError` about the target if the system refuses; nothing has changed then.
public func moveFile(_ path: String, to target: String) throws(FileError) {
  guard unsafe rename(path, target) == 0 else { throw FileError(.write, target) }
  synchronizeFolder(of: target)
}

/// Makes one folder, in a folder that exists.
///
/// - Parameters:
///   - path: The folder to make.
///   - shown: The path that an error names, if that is another one.
/// - Throws: `FileError` if the system refuses.
public func makeFolder(_ path: String, shownAs shown: String? = nil) throws(FileError) {
  guard unsafe mkdir(path, 0o777) == 0 else { throw FileError(.write, shown ?? path) }
}

/// A new folder under a temporary name, locked while somebody writes into it, so that it is not
/// taken for one that a killed process left behind.
@safe
public struct PartialFolder: ~Copyable {
  private let descriptor: Int32

  /// Makes a folder in one that exists.
  ///
  /// - Parameters:
  ///   - path: The folder to make.
  ///   - shown: The path that an error names.
  /// - Throws: `FileError` if the system refuses.
  public init(_ path: String, shownAs shown: String) throws(FileError) {
    let made = try Self.start(path, shown)
    descriptor = made
  }

  private static func start(_ path: String, _ shown: String) throws(FileError) -> Int32 {
    try makeFolder(path, shownAs: shown)
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(.write, shown) }
    if holdPartial(descriptor) { return descriptor }
    close(descriptor)
    return try start(path, shown)
  }

  deinit {
    close(descriptor)
  }
}
