// SPDX-License-Identifier: Apache-2.0

import PrompterJSON
import Testing

@testable import PrompterTasks

@Suite struct TagSchemeTests {
  @Test(
    arguments: [
      ("B-X I-X O B-X|O", .iob2), ("I-X I-X O B-X", .iob1), ("I-X O", .iob1),
      ("B-X I-Y", .iob1), ("B-X E-X O S-Y", .iobes), ("S-X O", .iobes), ("B-X L-X U-Y O", .bilou),
      ("B I O", .iob2), ("NN VB O", .plain), ("O O", .plain), ("B-X E-X L-X", .plain),
      ("B-X NN", .plain), ("-LRB- NN", .plain), ("I-X OX", .plain), ("", .plain),
    ] as [(String, TagScheme)])
  func `a scheme is found in the tags`(tags: String, scheme: TagScheme) {
    let texts = tags.split(separator: "|").map { $0.split(separator: " ").map(String.init) }
    #expect(TagScheme.found(in: texts) == scheme)
  }

  @Test func `tags have a letter and a type`() {
    #expect(TagScheme.iob2.parts(of: "B-C-A0")?.type?.text == "C-A0")
    #expect(TagScheme.iob2.parts(of: "I")?.type?.text == "_")
    #expect(TagScheme.iob2.parts(of: "O")?.type == nil)
    for tag in ["S-X", "BX", "", "O-X", "b-X"] { #expect(TagScheme.iob2.parts(of: tag) == nil) }
    #expect(TagScheme.bilou.parts(of: "U-X")?.letter == "U")
  }

  @Test func `names of BILOU are those of IOBES in other letters`() {
    let bilou = TagSet(["O", "B-X", "I-X", "L-X", "U-X"], scheme: .bilou)
    let iobes = TagSet(["O", "B-X", "I-X", "E-X", "S-X"], scheme: .iobes)
    for number in 0..<625 {
      let tags = [number % 5, number / 5 % 5, number / 25 % 5, number / 125]
      #expect(bilou.spans(of: tags) == iobes.spans(of: tags))
      #expect(bilou.strictSpans(of: tags) == iobes.strictSpans(of: tags))
    }
    #expect(iobes.spans(of: [1, 3, 2, 0]).map(\.words) == [0..<2, 2..<3])
    #expect(iobes.strictSpans(of: [1, 3, 2, 0]).map(\.words) == [0..<2])
  }
}
