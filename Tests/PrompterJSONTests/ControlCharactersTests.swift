// SPDX-License-Identifier: Apache-2.0

import PrompterJSON
import Testing

@Suite struct ControlCharactersTests {
  @Test(arguments: [
    ("plain, größer, 日本 ¢ … ‰", "plain, größer, 日本 ¢ … ‰"),
    ("a\u{1B}]0;owned\u{7}\u{1B}[2J", #"a\u001b]0;owned\u0007\u001b[2J"#),
    ("\u{9B}2J\u{85}\u{7F}\u{0}", #"\u009b2J\u0085\u007f\u0000"#),
    ("a\nb\r\nc\t", #"a\nb\r\nc\t"#),
    (
      "\u{202E}abc\u{202C}\u{2066}\u{2069}\u{2028}\u{2029}",
      #"\u202eabc\u202c\u2066\u2069\u2028\u2029"#
    ),
    // Marks that Hebrew and Arabic are written with, and joiners of emoji, stay.
    ("\u{200E}\u{200F}👩\u{200D}🚀", "\u{200E}\u{200F}👩\u{200D}🚀"),
    // A mark on a control character makes one Character of both.
    ("\u{1B}\u{301}[2J", "\\u001b\u{301}[2J"),
  ])
  func `control characters are shown as escapes, all else as it is`(
    _ text: String, _ shown: String
  ) {
    #expect(text.escapingControls().unicodeScalars.elementsEqual(shown.unicodeScalars))
  }

  @Test func `what is kept stays`() {
    #expect("a\n\u{1B}b\tc".escapingControls(except: ["\n", "\t"]) == "a\n\\u001bb\tc")
  }
}
