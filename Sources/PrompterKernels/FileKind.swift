// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// What stands at a path.
public enum FileKind: String, Sendable {
  /// Bytes of a known number.
  case file = "a regular file"
  /// A folder.
  case folder = "a folder"
  /// A link; told only where links are not followed.
  case link = "a symbolic link"
  /// A pipe, with or without a name.
  case pipe = "a named pipe"
  /// A terminal, `/dev/null` and their like.
  case device = "a device"
  /// A socket.
  case socket = "a socket"

  /// Looks at a path.
  ///
  /// - Parameters:
  ///   - path: The path.
  ///   - followingLinks: Whether a link's target is meant rather than the link.
  ///   - action: What an error says was attempted.
  /// - Returns: What is there, nil if nothing is.
  /// - Throws: `FileError` if the system does not tell, as in a folder that may not be entered.
  public static func of(
    _ path: String, followingLinks: Bool = true, for action: FileError.Action = .read
  ) throws(FileError) -> FileKind? {
    var status = stat()
    let result =
      unsafe followingLinks ? stat(path, &status) : lstat(path, &status)
    guard result == 0 else {
      if errno == ENOENT { return nil }
      throw FileError(action, path)
    }
    return FileKind(mode: status.st_mode)
  }

  init(mode: mode_t) {
    self =
      switch mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      case S_IFIFO: .pipe
      case S_IFSOCK: .socket
      default: .device
      }
  }
}

extension FileError {
  /// An error about something that is no regular file.
  init(_ action: Action, _ path: String, isNoFileBut kind: FileKind) {
    self.init(
      action, path,
      reason: kind == .folder ? "it is a folder" : "it is not a regular file but \(kind.rawValue)")
  }
}

/// Where a file's bytes go if it is written: the path itself, or what a link there leads to.
///
/// - Parameter path: The file to make or to replace.
/// - Returns: The path of a regular file, or one where nothing is.
/// - Throws: `FileError` if a folder, a device, a pipe or a link to one of them is there, or a link
///   that leads nowhere.
public func replaceablePath(_ path: String) throws(FileError) -> String {
  switch try FileKind.of(path, followingLinks: false, for: .write) {
  case nil, .file: return path
  case .link:
    guard let resolved = unsafe realpath(path, nil) else {
      throw FileError(
        .write, path, reason: errno == ENOENT ? "it is a symbolic link to nothing" : nil)
    }
    defer { unsafe free(resolved) }
    let target = unsafe String(cString: resolved)
    let kind = try FileKind.of(target, followingLinks: false, for: .write)
    guard kind == nil || kind == .file else {
      throw FileError(.write, path, isNoFileBut: kind ?? .device)
    }
    return target
  case let kind?: throw FileError(.write, path, isNoFileBut: kind)
  }
}

/// Makes a folder and those above it that are missing.
///
/// - Parameter path: The folder; it may be there.
/// - Throws: `FileError` with the system's reason if it cannot be made, or is no folder.
public func makeFolders(_ path: String) throws(FileError) {
  if unsafe mkdir(path, 0o777) == 0 { return }
  let code = errno
  if code == ENOENT, let parent = parentFolder(of: path) {
    try makeFolders(parent)
    if unsafe mkdir(path, 0o777) == 0 { return }
  }
  guard errno == EEXIST else { throw FileError(.write, path) }
  let reason: String
  switch try FileKind.of(path, for: .write) {
  case .folder: return
  case .file: reason = "it is a file; a folder is needed"
  case nil: reason = "it is a symbolic link to nothing"
  case let kind?: reason = "it is \(kind.rawValue); a folder is needed"
  }
  throw FileError(.write, path, reason: reason)
}

// Nil for the root and for a name without a folder.
private func parentFolder(of path: String) -> String? {
  var bytes = Array(path.utf8)
  while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
  guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")), slash > 0 else { return nil }
  return String(decoding: bytes[..<slash], as: UTF8.self)
}
