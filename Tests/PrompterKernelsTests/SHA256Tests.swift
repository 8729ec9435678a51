// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterKernels

/// The answers are those of NIST's examples for FIPS 180-4.
@Suite struct SHA256Tests {
  static let examples = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
        + "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ]

  @Test(arguments: examples, [true, false])
  func `a short message has the published hash`(
    example: (message: String, digest: String), isAccelerated: Bool
  ) {
    var hash = SHA256(isAccelerated: isAccelerated)
    hash.update(Array(example.message.utf8))
    #expect(hash.digest == example.digest)
  }

  @Test(arguments: [true, false])
  func `a million letters have the published hash`(isAccelerated: Bool) {
    var hash = SHA256(isAccelerated: isAccelerated)
    hash.update([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
    #expect(
      hash.digest == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func `pieces of any size give the hash of the whole`() {
    let message = (0..<400).map { UInt8(truncatingIfNeeded: $0 * 37) }
    for length in [0, 1, 55, 56, 63, 64, 65, 119, 120, 127, 128, 129, 400] {
      var whole = SHA256(isAccelerated: false)
      whole.update(Array(message[..<length]))
      for size in [1, 3, 63, 64, 65, 130] {
        var pieces = SHA256()
        for start in stride(from: 0, to: length, by: size) {
          pieces.update(Array(message[start..<min(start + size, length)]))
        }
        #expect(pieces.digest == whole.digest, "\(length) bytes in pieces of \(size)")
      }
    }
  }

  @Test func `asking for the hash so far changes nothing`() {
    var hash = SHA256()
    hash.update(Array("ab".utf8))
    _ = hash.digest
    hash.update(Array("c".utf8))
    #expect(hash.digest == Self.examples[1].1)
  }
}
