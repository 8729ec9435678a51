// SPDX-License-Identifier: Apache-2.0

import PrompterTestSupport
import Testing

@testable import PrompterTasks

@Suite struct TextEncodingTests {
  private func text(_ bytes: [UInt8], _ encoding: TextEncoding? = nil) throws -> String {
    String(
      decoding: try TextEncoding.text(of: bytes, as: encoding, file: "data"), as: UTF8.self)
  }

  @Test func `each encoding has its characters`() throws {
    #expect(try text([0x63, 0xE9, 0x80], .latin1) == "cé\u{80}")
    #expect(try text([0x63, 0xE9, 0x80, 0x93], .windows1252) == "cé€“")
    #expect(try text([0x61, 0x00, 0xE9, 0x00], .utf16) == "aé")
    #expect(try text([0xFF, 0xFE, 0x3D, 0xD8, 0x00, 0xDE]) == "\u{FEFF}😀")
    #expect(try text([0xFE, 0xFF, 0x00, 0x61]) == "\u{FEFF}a")
    #expect(try text([0xD8, 0x3D, 0xDE, 0x00], .utf16BigEndian) == "😀")
    #expect(try text(Array("é😀".utf8)) == "é😀" && text([], .utf16) == "")
  }

  @Test func `a byte that does not fit is told with its place`() {
    #expect(
      complaint { try text(Array("a\nbé".utf8) + [0xE9] + Array("\n".utf8)) }
        == "data, line 2: byte 4 of the line is 0xE9, which is no UTF-8.")
    #expect(
      complaint { try text([0x61, 0x00, 0x62], .utf16) }
        == "data is no utf-16: its byte 3 does not fit.")
    #expect(
      complaint { try text([0xFE, 0xFF, 0x00], .utf16) }
        == "data is no utf-16: its byte 3 does not fit.")
    #expect(
      complaint { try text([0x61, 0x00, 0x62], .utf16LittleEndian) }
        == "data is no utf-16le: its byte 3 does not fit.")
    #expect(
      complaint { try text([0x00, 0x61, 0xDC, 0x00], .utf16BigEndian) }
        == "data is no utf-16be: its byte 3 does not fit.")
    #expect(
      complaint { try text([0x61, 0x00, 0x62, 0x00]) }
        == "data begins like UTF-16, but without the mark that says so.")
  }

  @Test func `mutated bytes are ill-formed UTF-8 where the standard library says so`() {
    #expect(TextEncoding.firstIllFormed([0x61, 0xED, 0xA0, 0x80]) == 1)
    #expect(TextEncoding.firstIllFormed([0xF4, 0x90, 0x80, 0x80]) == 0)
    #expect(TextEncoding.firstIllFormed([0xE2, 0x82]) == 0)
    let long = Array(String(repeating: "aé€😀", count: 20_000).utf8)
    for shift in 0..<4 {
      let text = [UInt8](repeating: 0x61, count: shift) + long
      #expect(TextEncoding.firstIllFormed(text) == nil)
      #expect(TextEncoding.firstIllFormed(text + [0x80]) == text.count)
      #expect(TextEncoding.firstIllFormed(Array(text.dropLast())) == text.count - 4)
    }
    var mutations = Mutations(seed: 5)
    let sound = Array("aé€😀\u{7FF}\u{800}\u{FFFF}\u{10FFFF}z".utf8)
    for _ in 0..<Mutations.count(3_000) {
      let bytes = mutations.damaged(sound)
      let isWhole = String(validating: bytes, as: UTF8.self) != nil
      #expect((TextEncoding.firstIllFormed(bytes) == nil) == isWhole, "\(bytes)")
    }
  }
}
