// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The ways in which files store real numbers.
public enum FloatFormat: Sendable {
  /// IEEE 754 half precision.
  case float16
  /// The upper half of a float32.
  case bfloat16
  /// IEEE 754 single precision, the engine's own.
  case float32
  /// IEEE 754 double precision.
  case float64

  /// The bytes of one value.
  public var byteCount: Int {
    switch self {
    case .float16, .bfloat16: 2
    case .float32: 4
    case .float64: 8
    }
  }
}

/// A file's bytes, brought into memory as they are touched.
///
/// The file must not shrink while it is mapped: touching what is gone ends the process, with a
/// sentence after ``ProcessStatus/explainLostFiles(prefix:status:)``.
@safe
public final class MappedFile: @unchecked Sendable {
  /// The number of bytes.
  public let count: Int

  /// What tells this file, as it was opened, from others and from later states of itself.
  public let stamp: FileStamp

  private let base: UnsafeRawPointer?

  /// Maps a regular file.
  ///
  /// - Parameter path: Where the file is.
  /// - Throws: `FileError` if it cannot be opened or is no regular file.
  public init(path: String) throws(FileError) {
    // A pipe without a writer would block the opening for ever.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(.read, path) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw FileError(.read, path) }
    let kind = FileKind(mode: status.st_mode)
    guard kind == .file else { throw FileError(.read, path, isNoFileBut: kind) }
    count = Int(status.st_size)
    stamp = FileStamp(status)
    guard count > 0 else {
      unsafe base = nil  // The system maps no empty files.
      return
    }
    let address = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard unsafe address != MAP_FAILED else { throw FileError(.read, path) }
    unsafe base = UnsafeRawPointer(address)
    unsafe prompter_note_mapping(base, count, path)
  }

  deinit {
    guard let base = unsafe base else { return }
    unsafe prompter_forget_mapping(base)
    unsafe munmap(UnsafeMutableRawPointer(mutating: base), count)
  }

  // Where some of the bytes are in memory, nil if the file has fewer.
  func address(of offset: Int, byteCount: Int) -> UnsafeRawPointer? {
    guard offset >= 0, byteCount <= count - offset, let base = unsafe base else {
      return nil
    }
    return unsafe base + offset
  }

  /// Calls `body` with all bytes.
  public func withBytes<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
    let buffer = unsafe UnsafeRawBufferPointer(start: base, count: count)
    return try unsafe body(RawSpan(_unsafeBytes: buffer))
  }

  /// Calls `body` with all bytes, 4 MiB after 4 MiB, and keeps none of them in memory.
  public func forEachPiece(_ body: (RawSpan) throws -> Void) rethrows {
    guard let base = unsafe base else { return }
    for start in stride(from: 0, to: count, by: 1 << 22) {
      let piece = unsafe UnsafeRawBufferPointer(
        start: base + start, count: min(1 << 22, count - start))
      try unsafe body(RawSpan(_unsafeBytes: piece))
      unsafe prompter_let_go(piece.baseAddress, piece.count)
    }
  }

  /// A copy of some of the bytes.
  public func bytes(in range: Range<Int>) -> [UInt8] {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count, "Bytes \(range) of \(count).")
    guard let base = unsafe base else { return [] }
    return unsafe [UInt8](
      UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
  }

  /// Converts the values that start at a byte, which need not be aligned, to fill a buffer.
  ///
  /// The file's own bytes are not kept in memory beside it.
  public func convert(_ format: FloatFormat, at offset: Int, into buffer: Buffer) {
    let available = count - max(offset, 0)
    precondition(
      offset >= 0 && buffer.count <= available / format.byteCount,
      "\(buffer.count) values at byte \(offset) of \(count).")
    guard buffer.count > 0, let base = unsafe base else { return }
    let source = unsafe base + offset
    switch format {
    case .float16: unsafe prompter_convert_float16(buffer.base, source, buffer.count)
    case .bfloat16: unsafe prompter_convert_bfloat16(buffer.base, source, buffer.count)
    case .float32: unsafe prompter_convert_float32(buffer.base, source, buffer.count)
    case .float64: unsafe prompter_convert_float64(buffer.base, source, buffer.count)
    }
    unsafe prompter_let_go(source, buffer.count * format.byteCount)
  }
}
