// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// A fixed number of float32 values in pooled memory, aligned to 64 bytes.
///
/// A buffer is the only storage that kernels read and write. It is written by the code that made
/// it, before anybody else sees it, and read-only from then on; the exceptions, parameters and
/// optimiser state, are written between training steps, when no replica runs. That is the contract
/// under which a buffer may cross threads.
///
/// - Complexity: allocation is O(1); memory comes from the calling thread's pool and goes back to
///   it, whichever thread lets go of the buffer.
@safe
public final class Buffer: @unchecked Sendable {
  /// The number of values.
  public let count: Int

  /// The number of values that there is room for, at least ``count``.
  public let capacity: Int

  let base: UnsafeMutablePointer<Float>

  // Whose memory this is, where it is a file's or another buffer's.
  private let owner: AnyObject?

  /// Room for `count` values, their contents undefined.
  ///
  /// - Parameters:
  ///   - count: The number of values.
  ///   - capacity: Values to reserve beyond `count`, for kernels that write whole tiles.
  public init(count: Int, capacity: Int = 0) {
    precondition(count >= 0, "A buffer cannot hold \(count) values.")
    self.count = count
    self.capacity = max(count, capacity)
    let bytes = self.capacity * MemoryLayout<Float>.stride
    guard let memory = unsafe prompter_allocate(bytes) else {
      fatalError("Out of memory: \(bytes) bytes were asked for.")
    }
    unsafe base = memory.bindMemory(to: Float.self, capacity: self.capacity)
    owner = nil
  }

  /// Float32 values where they lie in a file, which is read as they are touched.
  ///
  /// Such a buffer must never be written. The file stays mapped as long as the buffer lives. There
  /// is none if the values reach beyond the file's end or begin where no float32 may.
  ///
  /// - Parameters:
  ///   - mapping: The file.
  ///   - offset: The byte at which the values begin.
  ///   - count: The number of values.
  public init?(in mapping: MappedFile, at offset: Int, count: Int) {
    guard count > 0, let address = unsafe mapping.address(of: offset, byteCount: 4 * count),
      Int(bitPattern: address) % MemoryLayout<Float>.alignment == 0
    else { return nil }
    self.count = count
    capacity = count
    owner = mapping
    unsafe base = UnsafeMutablePointer(
      mutating: address.assumingMemoryBound(to: Float.self))
  }

  /// Some values of another buffer, in its memory; for reading, unless their owner says otherwise.
  public init(_ range: Range<Int>, of other: Buffer) {
    Kernels.expect(range, of: other, "Buffer")
    count = range.count
    capacity = range.count
    owner = other
    unsafe base = other.base + range.lowerBound
  }

  /// Whether the values are a file's.
  var isMapped: Bool { owner is MappedFile || (owner as? Buffer)?.isMapped == true }

  /// Gives the pages of a file's values back to the system, which reads them again if they are
  /// touched again.
  public func letGo() {
    letGo(0..<count)
  }

  private func letGo(_ range: Range<Int>) {
    guard isMapped else { return }
    unsafe prompter_let_go(
      base + range.lowerBound, range.count * MemoryLayout<Float>.stride)
  }

  // 4 MiB after 4 MiB, of which none stays in memory if it is a file's.
  private func forEachPiece(_ body: (Range<Int>) throws -> Void) rethrows {
    for start in stride(from: 0, to: count, by: 1 << 20) {
      let range = start..<min(start + 1 << 20, count)
      try body(range)
      letGo(range)
    }
  }

  deinit {
    guard owner == nil else { return }
    unsafe prompter_release(base)
  }

  /// The value at a position.
  public subscript(position: Int) -> Float {
    get {
      precondition(position >= 0 && position < count, "Position \(position) of \(count).")
      return unsafe base[position]
    }
    set {
      precondition(position >= 0 && position < count, "Position \(position) of \(count).")
      unsafe base[position] = newValue
    }
  }

  /// Calls `body` with all values, read-only.
  public func withSpan<Result>(_ body: (Span<Float>) throws -> Result) rethrows -> Result {
    try unsafe body(Span(_unsafeStart: UnsafePointer(base), count: count))
  }

  /// Calls `body` with all values, writable.
  public func withMutableSpan<Result>(
    _ body: (inout MutableSpan<Float>) throws -> Result
  ) rethrows -> Result {
    var span = unsafe MutableSpan(_unsafeStart: base, count: count)
    return try body(&span)
  }

  /// Calls `body` with the bytes of all values, read-only.
  public func withBytes<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
    try unsafe body(
      RawSpan(_unsafeStart: base, byteCount: count * MemoryLayout<Float>.stride))
  }

  /// Calls `body` with the bytes of all values, 4 MiB after 4 MiB, and keeps none in memory that
  /// are a file's.
  public func withBytesOfPieces(_ body: (RawSpan) throws -> Void) rethrows {
    try forEachPiece { range in
      try unsafe body(
        RawSpan(
          _unsafeStart: base + range.lowerBound,
          byteCount: range.count * MemoryLayout<Float>.stride))
    }
  }

  /// Sets every value.
  public func fill(with value: Float) {
    unsafe base.update(repeating: value, count: count)
  }

  /// Sets the values of a range.
  public func fill(with value: Float, in range: Range<Int>) {
    Kernels.expect(range, of: self, "fill")
    unsafe (base + range.lowerBound).update(repeating: value, count: range.count)
  }

  /// Copies all values of another buffer of the same size; those of a file do not stay in memory.
  public func update(from other: Buffer) {
    precondition(other.count == count, "\(other.count) values do not fit \(count).")
    other.forEachPiece { range in
      unsafe (base + range.lowerBound).update(
        from: other.base + range.lowerBound, count: range.count)
    }
  }

  /// Copies all values of an array of the same size.
  public func update(from values: [Float]) {
    precondition(values.count == count, "\(values.count) values do not fit \(count).")
    for index in 0..<count { unsafe base[index] = values[index] }
  }
}
