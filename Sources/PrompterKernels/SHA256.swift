// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// The SHA-256 hash of FIPS 180-4, fed piece by piece.
///
/// ```swift
/// var hash = SHA256()
/// file.withBytes { hash.update($0) }
/// hash.digest  // "ba7816bf8f01cfea…", 64 characters
/// ```
public struct SHA256: Sendable {
  private var state = prompter_sha256()

  /// The hash of nothing yet.
  public init() {
    self.init(isAccelerated: true)
  }

  init(isAccelerated: Bool) {
    unsafe prompter_sha256_start(&state, isAccelerated ? 1 : 0)
  }

  /// Takes in more bytes.
  public mutating func update(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe prompter_sha256_update(&state, bytes.baseAddress, bytes.count)
    }
  }

  /// Takes in more bytes.
  public mutating func update(_ bytes: [UInt8]) {
    update(unsafe bytes.span.bytes)
  }

  /// The 32 bytes of the hash of everything so far.
  public var bytes: [UInt8] {
    var copy = state
    return unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      unsafe prompter_sha256_finish(&copy, buffer.baseAddress)
      count = 32
    }
  }

  /// The hash of everything so far in lowercase hexadecimal.
  public var digest: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
