// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
@testable import PrompterNN
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct RowMomentsTests {
  private func gradient(_ rows: [Int32]) -> Gradient {
    let x = Tensor(repeating: 1, shape: [rows.count, 3])
    return .rows(RowGradient(zeros: [6, 3]).adding(x, at: rows))
  }

  @Test func `a row has moments of zeros from its first gradient on`() {
    // Memory that was used before.
    for _ in 0..<2 { Tensor(repeating: 5, shape: [6, 3]).buffer.fill(with: 7) }
    var moments = RowMoments([6, 3])
    #expect(moments.storedCount == 0 && !moments.areWhole)
    moments.touch(gradient([4, 2]))
    #expect(moments.rows == [4, 2])
    #expect(moments.storedCount == 6)
    #expect(moments.first.values.prefix(6) == [0, 0, 0, 0, 0, 0])
    moments.first.buffer.fill(with: 8, in: 0..<6)
    moments.touch(gradient([2, 5]))
    #expect(moments.rows == [4, 2, 5])
    #expect(moments.first.values.prefix(9) == [8, 8, 8, 8, 8, 8, 0, 0, 0])
    #expect((0..<6).filter { moments.isUntouched($0) } == [0, 1, 3])
    #expect(moments.places(in: gradient([5, 4])) == [1, -1, 0])
  }

  @Test func `a gradient of all rows gives moments of zeros to all`() {
    for _ in 0..<2 { Tensor(repeating: 5, shape: [6, 3]).buffer.fill(with: 7) }
    var moments = RowMoments([6, 3])
    moments.touch(.whole(Tensor(zeros: [6, 3])))
    #expect(moments.areWhole && moments.storedCount == 18)
    #expect(moments.first.values + moments.second.values == Array(repeating: 0, count: 36))
    moments.first.buffer.fill(with: 8)
    moments.touch(gradient([1]))
    #expect(moments.areWhole && moments.first.values.allSatisfy { $0 == 8 })
  }

  @Test func `after some rows, the others follow`() {
    var moments = RowMoments([4, 3])
    let two = Tensor(repeating: 1, shape: [2, 3])
    moments.touch(.rows(RowGradient(zeros: [4, 3]).adding(two, at: [2, 0])))
    moments.touch(.whole(Tensor(zeros: [4, 3])))
    #expect(!moments.areWhole)
    #expect(moments.rows == [2, 0, 1, 3])
    #expect(moments.places(in: .whole(Tensor(zeros: [4, 3]))) == [2, 0, 1, 3])
  }

  @Test func `a state holds only rows with moments, and restores them`() throws {
    var moments = RowMoments([6, 3])
    moments.touch(gradient([4, 2]))
    moments.first.buffer.fill(with: 8, in: 0..<6)
    moments.second.buffer.fill(with: 9, in: 0..<6)
    let state = moments.state("w").mapValues { $0.copy() }
    #expect(state["rows.w"]?.values == [4, 2])
    #expect(state["first.w"]?.shape == [2, 3] && state["second.w"]?.shape == [2, 3])
    var restored = try #require(RowMoments([6, 3]).restored("w", from: state))
    #expect(restored.rows == [4, 2])
    #expect(restored.state("w").mapValues(\.values) == state.mapValues(\.values))
    restored.touch(gradient([0]))
    #expect(restored.second.values.prefix(9) == [9, 9, 9, 9, 9, 9, 0, 0, 0])
    let empty = RowMoments([6, 3])
    #expect(try #require(empty.restored("w", from: empty.state("w"))).storedCount == 0)
  }

  @Test(arguments: [
    [Float](), [4], [4, 2, 0], [4, 4], [4, 6], [4, -1], [4, 0.5], [4, .nan], [4, .infinity],
  ])
  func `a state with rows that do not fit is none`(rows: [Float]) {
    var moments = RowMoments([6, 3])
    moments.touch(gradient([4, 2]))
    var state = moments.state("w")
    state["rows.w"] = Tensor(rows, shape: [rows.count])
    #expect(moments.restored("w", from: state) == nil)
    state["rows.w"] = nil
    #expect(moments.restored("w", from: state) == nil)
  }
}
