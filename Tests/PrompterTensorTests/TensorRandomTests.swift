// SPDX-License-Identifier: Apache-2.0

import PrompterKernels
import PrompterTensor
import Testing

@Suite struct TensorRandomTests {
  @Test func `normal values have the deviation asked for`() {
    var generator = SeededGenerator(seed: 1)
    let values = Tensor(normal: [100, 200], deviation: 0.5, using: &generator).values
    let mean = values.reduce(0) { $0 + Double($1) } / 20_000
    let square = values.reduce(0) { $0 + Double($1) * Double($1) } / 20_000
    #expect(abs(mean) < 0.022)
    #expect(abs(square.squareRoot() - 0.5) < 0.015)
    // Two in three within one deviation, one in twenty beyond two.
    #expect(abs(values.count { abs($0) < 0.5 } - 13_654) < 400)
    #expect(abs(values.count { abs($0) > 1 } - 910) < 180)
    #expect(values.allSatisfy { $0.isFinite })
  }

  @Test func `uniform values fill their range`() {
    var generator = SeededGenerator(seed: 2)
    let values = Tensor(uniform: [50, 100], in: -3..<5, using: &generator).values
    #expect(values.allSatisfy { $0 >= -3 && $0 <= 5 })
    #expect((values.min() ?? 0) < -2.9)
    #expect((values.max() ?? 0) > 4.9)
  }

  @Test func `the same seed gives the same bits`() {
    var (first, second) = (SeededGenerator(seed: 7), SeededGenerator(seed: 7))
    #expect(
      Tensor(normal: [33], deviation: 1, using: &first).values
        == Tensor(normal: [33], deviation: 1, using: &second).values)
  }
}
