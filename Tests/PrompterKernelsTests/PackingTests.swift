// SPDX-License-Identifier: Apache-2.0

import PrompterTestSupport
import Testing

@testable import PrompterKernels

@Suite struct PackingTests {
  // What `printf 'a film\n' | gzip -n` and `| zstd` write.
  private static let gzip: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x4B, 0x54, 0x48, 0xCB, 0xCC, 0xC9,
    0xE5, 0x02, 0x00, 0xCD, 0x69, 0x16, 0x96, 0x07, 0x00, 0x00, 0x00,
  ]
  private static let zstandard: [UInt8] = [
    0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x58, 0x39, 0x00, 0x00, 0x61, 0x20, 0x66, 0x69, 0x6C, 0x6D, 0x0A,
    0x1D, 0x87, 0x59, 0xE2,
  ]
  private static let text = Array("a film\n".utf8)

  @Test func `bytes say how they are packed`() {
    #expect(Packing(of: Self.gzip) == .gzip)
    #expect(Packing(of: Self.zstandard) == .zstandard)
    #expect(Packing(of: [0x5A, 0x2A, 0x4D, 0x18, 0]) == .zstandard)
    #expect(Packing(of: Self.text) == nil && Packing(of: [UInt8]()) == nil)
    #expect(Packing(of: [0x1F] as [UInt8]) == nil && Packing(of: Array("P*M".utf8)) == nil)
  }

  @Test(arguments: [(Packing.gzip, gzip), (.zstandard, zstandard)])
  func `members are unpacked one after another`(packing: Packing, packed: [UInt8]) throws {
    #expect(try packing.unpacked(packed, limit: 7) == Self.text)
    #expect(
      try packing.unpacked(packed + packed + [0, 0, 0], limit: 100) == Self.text + Self.text)
  }

  @Test(arguments: [(Packing.gzip, gzip), (.zstandard, zstandard)])
  func `what is cut, bent or followed is told apart`(packing: Packing, packed: [UInt8]) {
    for end in 2..<packed.count {
      #expect(throws: UnpackingError.truncated) {
        try packing.unpacked(Array(packed[..<end]), limit: 100)
      }
    }
    #expect(throws: UnpackingError.followed) { try packing.unpacked(packed + [1], limit: 100) }
    #expect(throws: UnpackingError.tooLarge(limit: 6)) { try packing.unpacked(packed, limit: 6) }
    var bent = packed
    bent[packed.count - 5] ^= 0x10
    #expect(throws: UnpackingError.malformed) { try packing.unpacked(bent, limit: 100) }
    #expect("\(UnpackingError.tooLarge(limit: 3 << 20))" == "it holds more than 3 MiB")
  }

  @Test(arguments: [(Packing.gzip, gzip), (.zstandard, zstandard)])
  func `members may come byte by byte`(packing: Packing, packed: [UInt8]) throws {
    func unpacked(_ bytes: [UInt8]) throws -> [UInt8] {
      var members = try MemberUnpacker(packing)
      var (result, rest) = ([UInt8](), bytes[...])
      while true {
        switch try members.next() {
        case .made(let piece): result += piece
        case .needsMore:
          if let byte = rest.popFirst() { members.append([byte]) } else { members.finish() }
        case .ended: return result
        }
      }
    }
    #expect(try unpacked(packed + packed + [0, 0]) == Self.text + Self.text)
    #expect(throws: UnpackingError.truncated) { try unpacked(packed + packed.dropLast()) }
    #expect(throws: UnpackingError.followed) { try unpacked(packed + packed.prefix(1)) }
    #expect(throws: UnpackingError.followed) { try unpacked(packed + [0] + packed) }
  }

  @Test func `a start says how much more tells how it is packed`() {
    for start in [[], [0x1F], [0x28, 0xB5, 0x2F], [0x5A], [0x5A, 0x2A]] as [[UInt8]] {
      #expect(Packing.isUndecided(start))
    }
    for start in [[0x1F, 0x8B], [0x50, 0x0A], [0x28, 0x0A], [0x7B], Self.zstandard] {
      #expect(!Packing.isUndecided(start))
    }
  }

  @Test(arguments: [(Packing.gzip, gzip), (.zstandard, zstandard)])
  func `damaged bytes are unpacked or refused`(packing: Packing, packed: [UInt8]) {
    var mutations = Mutations(seed: packing == .gzip ? 1 : 2)
    for _ in 0..<Mutations.count(1_500) {
      let bytes = mutations.damaged(packed + packed)
      let result = Result { try packing.unpacked(bytes, limit: 1 << 16) }
      if case .success(let text) = result { #expect(text.count <= 1 << 16) }
    }
  }
}
