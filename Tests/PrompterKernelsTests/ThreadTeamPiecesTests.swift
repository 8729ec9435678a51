// SPDX-License-Identifier: Apache-2.0

import PrompterKernels
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct ThreadTeamPiecesTests {
  @Test func `pieces cover every value of every buffer once, in order`() {
    withEvery("counts", in: [[], [0], [1], [65_536], [65_537, 0, 3], [200_000, 1, 131_072]]) {
      counts in
      let pieces = Piece.pieces(of: counts)
      for (buffer, count) in counts.enumerated() {
        let ranges = pieces.filter { $0.buffer == buffer }.map(\.range)
        #expect(ranges.flatMap { Array($0) } == Array(0..<count))
      }
      #expect(pieces.map(\.buffer) == pieces.map(\.buffer).sorted())
      #expect(pieces.allSatisfy { !$0.range.isEmpty && $0.range.count <= 65_536 })
    }
  }

  @Test(arguments: [1, 2, 3])
  func `results come in the order of the pieces, however many threads share them`(threads: Int) {
    let team = ThreadTeam(count: threads, isPinned: false)
    withEvery("counts", in: [[], [7], [1_500_000, 3, 90_000]]) { counts in
      #expect(team.mapPieces(of: counts, \.self) == Piece.pieces(of: counts))
    }
  }
}
