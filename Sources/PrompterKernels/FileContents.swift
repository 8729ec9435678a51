// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// All bytes of a file, of a pipe until its other end closes, or of a device until it says so.
///
/// - Parameters:
///   - path: What to read.
///   - allowsPipes: Whether anything but a regular file may be read, which may wait for a writer.
/// - Returns: The bytes.
/// - Throws: `FileError` with the system's reason, or what it is instead of a file.
/// - Complexity: O(bytes).
public func fileContents(
  _ path: String, allowsPipes: Bool = true
) throws(FileError) -> [UInt8] {
  let (descriptor, size) = try openedForReading(path, allowsPipes: allowsPipes)
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(size)
  let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
  defer { unsafe piece.deallocate() }
  while true {
    let count = unsafe read(descriptor, piece.baseAddress, piece.count)
    if count < 0 && errno == EINTR { continue }
    guard count >= 0 else { throw FileError(.read, path) }
    guard count > 0 else { return bytes }
    unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: piece[..<count]))
  }
}

/// Opens anything but a folder; the size is that of a regular file, 0 for anything else.
func openedForReading(
  _ path: String, allowsPipes: Bool
) throws(FileError) -> (descriptor: Int32, size: Int) {
  // Opening a pipe without a writer waits for one, which is right only where pipes are welcome.
  let waiting = allowsPipes ? 0 : O_NONBLOCK
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | waiting)
  guard descriptor >= 0 else { throw FileError(.read, path) }
  var status = stat()
  guard unsafe fstat(descriptor, &status) == 0 else {
    defer { close(descriptor) }
    throw FileError(.read, path)
  }
  let kind = FileKind(mode: status.st_mode)
  guard kind == .file || allowsPipes && kind != .folder else {
    close(descriptor)
    throw FileError(.read, path, isNoFileBut: kind)
  }
  return (descriptor, kind == .file ? max(0, Int(status.st_size)) : 0)
}
