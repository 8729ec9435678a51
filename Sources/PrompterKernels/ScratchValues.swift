// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Many float32 values that live as long as this process at most: in memory, or in a file that has
/// no name.
///
/// Different threads may use different places at a time. A file without a name is gone with the
/// process, however that ends, so nobody ever finds values of an earlier run in it.
@safe
public final class ScratchValues: @unchecked Sendable {
  /// The number of values.
  public let count: Int
  /// Whether the values are in a file rather than in memory.
  public let isOnDisk: Bool

  private let base: UnsafeMutablePointer<Float>

  /// Room for `count` values.
  ///
  /// - Parameters:
  ///   - count: The number of values, at least 1.
  ///   - memory: The bytes that may be in memory; more than that goes to a file as a whole.
  ///   - folder: Where the file is made.
  /// - Throws: `FileError` if the folder cannot be written or its disk has no room.
  public init(count: Int, memory: Int, folder: String) throws(FileError) {
    precondition(count > 0, "There is no room of \(count) values.")
    self.count = count
    let bytes = count * MemoryLayout<Float>.stride
    isOnDisk = bytes > memory
    let address = unsafe try isOnDisk ? Self.mapFile(of: bytes, in: folder) : Self.map(bytes)
    unsafe base = address.bindMemory(to: Float.self, capacity: count)
  }

  deinit {
    unsafe munmap(base, count * MemoryLayout<Float>.stride)
  }

  /// Copies rows of a matrix here.
  ///
  /// - Parameters:
  ///   - source: A matrix of whole rows, one after another.
  ///   - range: Which of its values.
  ///   - place: Where the first of them goes.
  public func store(_ source: Buffer, _ range: Range<Int>, at place: Int) {
    check(source, range, place)
    unsafe (base + place).update(from: source.base + range.lowerBound, count: range.count)
  }

  /// Copies values from here into part of a matrix.
  public func load(into target: Buffer, _ range: Range<Int>, from place: Int) {
    check(target, range, place)
    unsafe (target.base + range.lowerBound).update(from: base + place, count: range.count)
  }

  private func check(_ buffer: Buffer, _ range: Range<Int>, _ place: Int) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= buffer.count && place >= 0
        && place + range.count <= count, "\(range.count) values at \(place) of \(count).")
  }

  // Memory that the system gives page by page when it is first written.
  private static func map(_ bytes: Int) throws(FileError) -> UnsafeMutableRawPointer {
    let address = unsafe mmap(
      nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      throw FileError(.write, "\(bytes) bytes of memory")
    }
    return unsafe address
  }

  // All of the file's room is taken at once: a disk that is full later would end the process.
  private static func mapFile(
    of bytes: Int, in folder: String
  ) throws(FileError) -> UnsafeMutableRawPointer {
    let path =
      "\(folder)/.prompter-\(getpid())-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError(.write, path) }
    defer { close(descriptor) }
    unsafe unlink(path)
    try reserve(bytes, of: descriptor, path)
    let address = unsafe mmap(
      nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      throw FileError(.write, path)
    }
    return unsafe address
  }

  private static func reserve(
    _ bytes: Int, of descriptor: Int32, _ path: String
  ) throws(FileError) {
    #if canImport(Darwin)
    var request = fstore_t(
      fst_flags: UInt32(F_ALLOCATEALL), fst_posmode: F_PEOFPOSMODE, fst_offset: 0,
      fst_length: off_t(bytes), fst_bytesalloc: 0)
    let isReserved =
      unsafe fcntl(descriptor, F_PREALLOCATE, &request) != -1
      && ftruncate(descriptor, off_t(bytes)) == 0
    guard isReserved else { throw FileError(.write, path) }
    #else
    let code = posix_fallocate(descriptor, 0, off_t(bytes))
    guard code == 0 else {
      throw unsafe FileError(.write, path, reason: String(cString: strerror(code)))
    }
    #endif
  }
}
