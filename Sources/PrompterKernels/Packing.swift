// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// How the bytes of a file are packed.
public enum Packing: Sendable, Equatable {
  /// gzip: members of DEFLATE with a checksum (RFC 1952).
  case gzip
  /// Zstandard: frames (RFC 8878).
  case zstandard

  /// The packing of bytes that begin like packed ones; nil if they do not.
  ///
  /// No text in UTF-8 begins so: each has a byte that UTF-8 does not have in its place, but for the
  /// frames of Zstandard that hold no data.
  public init?(of bytes: some Collection<UInt8>) {
    let start = Array(bytes.prefix(4))
    if start.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if start == [0x28, 0xB5, 0x2F, 0xFD]
      || start.dropFirst() == [0x2A, 0x4D, 0x18] && 0x50...0x5F ~= start[0]
    {
      self = .zstandard
    } else {
      return nil
    }
  }
}

/// Why bytes cannot be unpacked.
public enum UnpackingError: Error, Equatable, Sendable {
  /// They are not as they should be.
  case malformed
  /// They end too early.
  case truncated
  /// Something else follows them.
  case followed
  /// There is more in them than was allowed.
  case tooLarge(limit: Int)
  /// There is no memory for what they ask for.
  case outOfMemory
  /// This system has no library for them.
  case unsupported
}

extension UnpackingError: CustomStringConvertible {
  /// What is wrong, as the end of a sentence.
  public var description: String {
    switch self {
    case .malformed: "its bytes are not as they should be"
    case .truncated: "it ends too early"
    case .followed: "something else follows the packed bytes"
    case .tooLarge(let limit): "it holds more than \(limit >> 20) MiB"
    case .outOfMemory: "there is no memory for what it asks for"
    case .unsupported: "this system has no library for it"
    }
  }
}

extension Packing {
  // A file has begun like none of these only when so many of its bytes are known.
  static let markCount = 4

  /// Whether more bytes are needed to tell how a file is packed that begins so.
  static func isUndecided(_ start: some Collection<UInt8>) -> Bool {
    guard start.count < markCount, let first = start.first else { return start.isEmpty }
    let marks: [[UInt8]] = [
      [0x1F, 0x8B], [0x28, 0xB5, 0x2F, 0xFD],
      [0x50...0x5F ~= first ? first : 0x50, 0x2A, 0x4D, 0x18],
    ]
    return marks.contains { $0.count > start.count && $0.starts(with: start) }
  }

  /// What packed bytes hold, all members or frames one after another.
  ///
  /// - Parameters:
  ///   - bytes: The packed bytes. Zeros that fill up the last block of a tape are passed over.
  ///   - limit: The most bytes to make: a few kilobytes can hold terabytes.
  /// - Returns: The bytes.
  /// - Throws: ``UnpackingError``; before more memory is taken than the limit allows.
  /// - Complexity: O(bytes).
  public func unpacked(_ bytes: [UInt8], limit: Int) throws(UnpackingError) -> [UInt8] {
    var members = try MemberUnpacker(self)
    members.append(bytes)
    members.finish()
    var result: [UInt8] = []
    while case .made(let piece) = try members.next() {
      guard result.count + piece.count <= limit else { throw .tooLarge(limit: limit) }
      result += piece
    }
    return result
  }
}

/// Unpacks bytes that come some at a time, all members or frames one after another.
struct MemberUnpacker: ~Copyable {
  /// What there is.
  enum Found {
    /// The next bytes, one at least.
    case made([UInt8])
    /// Nothing before more packed bytes come.
    case needsMore
    /// All that there was.
    case ended
  }

  private let packing: Packing
  private var unpacker: Unpacker
  private var bytes: [UInt8] = []
  private var position = 0
  private var isComplete = false
  private var isBetweenMembers = false
  private var isFilledUp = false  // by zeros, after which nothing may come

  init(_ packing: Packing) throws(UnpackingError) {
    self.packing = packing
    unpacker = try Unpacker(packing)
  }

  /// Whether there are bytes that were not looked at.
  var hasMore: Bool { position < bytes.count }

  /// Takes in more packed bytes.
  mutating func append(_ piece: [UInt8]) {
    bytes = hasMore ? bytes[position...] + piece : piece
    position = 0
  }

  /// Says that no more will come.
  mutating func finish() {
    isComplete = true
  }

  /// The next bytes that were packed.
  mutating func next() throws(UnpackingError) -> Found {
    while true {
      if isBetweenMembers {
        if let found = try passToMember() { return found }
      }
      let step = unpacker.step(bytes, from: position)
      position += step.used
      switch step.status {
      case PROMPTER_UNPACKING_GOES_ON:
        if step.used == 0, step.made == 0 {
          guard !isComplete else { throw .truncated }
          return .needsMore
        }
      case PROMPTER_UNPACKING_ENDED: isBetweenMembers = true
      case PROMPTER_UNPACKING_NEEDS_MEMORY: throw .outOfMemory
      default: throw .malformed
      }
      if step.made > 0 { return .made(Array(unpacker.piece[..<step.made])) }
    }
  }

  // Nil where another member begins.
  private mutating func passToMember() throws(UnpackingError) -> Found? {
    let rest = bytes[position...]
    if rest.allSatisfy({ $0 == 0 }) {
      isFilledUp = isFilledUp || !rest.isEmpty
      position = bytes.count
      return isComplete ? .ended : .needsMore
    }
    if !isFilledUp, !isComplete, Packing.isUndecided(rest) { return .needsMore }
    guard !isFilledUp, Packing(of: rest) == packing else { throw .followed }
    isBetweenMembers = false
    return nil
  }
}

/// The library's state, and the piece that it made last.
@safe
private struct Unpacker: ~Copyable {
  private let state: OpaquePointer
  var piece = [UInt8](repeating: 0, count: 1 << 18)

  init(_ packing: Packing) throws(UnpackingError) {
    let kind = packing == .gzip ? PROMPTER_GZIP : PROMPTER_ZSTANDARD
    guard let state = unsafe prompter_unpacker_make(kind) else { throw .unsupported }
    unsafe self.state = state
  }

  deinit {
    unsafe prompter_unpacker_free(state)
  }

  mutating func step(
    _ bytes: [UInt8], from position: Int
  ) -> (status: prompter_unpacking, used: Int, made: Int) {
    var (used, made) = (0, 0)
    let status = unsafe bytes.withUnsafeBufferPointer { bytes in
      let rest = unsafe UnsafeBufferPointer(rebasing: bytes[position...])
      return unsafe piece.withUnsafeMutableBufferPointer { piece in
        unsafe prompter_unpacker_step(
          state, rest.baseAddress, rest.count, &used, piece.baseAddress, piece.count, &made)
      }
    }
    return (status, used, made)
  }
}
