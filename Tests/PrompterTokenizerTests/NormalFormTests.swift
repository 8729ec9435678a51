// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTestSupport
import Testing

@testable import PrompterTokenizer

@Suite struct NormalFormTests {
  private typealias Place = (scalar: UInt32, start: Int32)

  /// A scalar a place, each a scalar long, by NFC of tokenizers 0.23.3.
  @Test(arguments: [
    ("e\u{301}x", [0xE9, 0x78], [0, 2]),
    ("ae\u{301}\u{323}x", [0x61, 0x1EB9, 0x301, 0x78], [0, 1, 3, 4]),
    ("\u{E9}\u{323}x", [0x1EB9, 0x301, 0x78], [0, 1, 2]),
    ("\u{344}x", [0x308, 0x301, 0x78], [0, 0, 1]),
    ("\u{1112}\u{1161}\u{11AB}x", [0xD55C, 0x78], [0, 3]),
    ("\u{958}x", [0x915, 0x93C, 0x78], [0, 0, 1]),
    ("a\u{301}\u{323}\u{302}b", [0x1EA1, 0x301, 0x302, 0x62], [0, 2, 3, 4]),
    ("\u{301}e\u{301}", [0x301, 0xE9], [0, 1]),
    ("q\u{307}\u{323}x", [0x71, 0x323, 0x307, 0x78], [0, 1, 2, 3]),
    ("x\u{1EA5}\u{323}y", [0x78, 0x1EAD, 0x301, 0x79], [0, 1, 2, 3]),
    ("a\u{315}\u{300}\u{5AE}b", [0xE0, 0x5AE, 0x315, 0x62], [0, 2, 3, 4]),
    ("\u{D55C}\u{11AB}", [0xD55C, 0x11AB], [0, 1]),
  ])
  func `composed scalars stand where the first of them stood`(
    text: String, scalars: [UInt32], starts: [Int32]
  ) {
    let form = TextStep.UnicodeForm.nfc.apply(to: AlignedText(text))
    #expect(form.scalars.map(\.value) == scalars)
    #expect(form.starts == starts)
    #expect(form.ends == starts.map { $0 + 1 })
  }

  @Test func `random texts have Foundation's normal forms`() {
    var numbers = MadeNumbers(seed: 5, purpose: "forms")
    let pools: [ClosedRange<UInt32>] = [
      0x41...0x7A, 0xC0...0x24F, 0x300...0x362, 0x390...0x3CE, 0x591...0x5F2, 0x915...0x95F,
      0xAC00...0xAD00, 0x3041...0x30FE, 0xF900...0xFA6D, 0x1E00...0x1EFF,
      0x110A0...0x110BA, 0x1F600...0x1F64F,
    ]
    for _ in 0..<3_000 {
      var text = String.UnicodeScalarView()
      for _ in 0..<1 + numbers.below(6) {
        let pool = numbers.choice(pools)
        let value = pool.lowerBound + UInt32(numbers.below(pool.count))
        let scalar = Unicode.Scalar(value) ?? "x"
        if ScalarClass.isWithin(scalar, 9) { text.append(scalar) }
      }
      let forms: [(TextStep.UnicodeForm, String)] = [
        (.nfc, String(text).precomposedStringWithCanonicalMapping),
        (.nfd, String(text).decomposedStringWithCanonicalMapping),
        (.nfkc, String(text).precomposedStringWithCompatibilityMapping),
        (.nfkd, String(text).decomposedStringWithCompatibilityMapping),
      ]
      for (form, expected) in forms {
        let found = form.apply(to: AlignedText(String(text)))
        #expect(found.scalars == Array(expected.unicodeScalars), "\(form) of \(Array(text))")
        #expect(found.starts.count == found.scalars.count)
      }
    }
  }
}
