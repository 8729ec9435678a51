// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct EmbeddingTests {
  // Virtual token 1 stands twice, virtual token 2 nowhere.
  private let slots = EmbeddingSlots(
    tokens: [-2, -1, 4, 0, 4, -2, 3], positions: [0, 1, 2, 3, 0, 1, 2],
    segments: [0, 0, 0, 1, 0, 0, 1])

  @Test func `the gradients of all four tables are right`() {
    withEvery("width", in: [1, 5, 8, 31, 64]) { width in
      var random = SeededRandom(seed: width)
      let tables = tables(&random, width)
      checkGradients(of: tables) { [slots] in
        embedding(
          slots, tokens: $0[0], virtualTokens: $0[1], positions: $0[2], segments: $0[3])
      }
    }
  }

  @Test func `with a frozen model only the virtual tokens have gradients`() {
    var random = SeededRandom(seed: 1)
    let tables = tables(&random, 4)
    let tape = Tape()
    let constants = tables.map { Variable($0) }
    let prompt = tape.variable(tables[1])
    let x = embedding(
      slots, tokens: constants[0], virtualTokens: prompt, positions: constants[2],
      segments: constants[3])
    let seed = random.tensor(x.shape)
    tape.pullback(from: x, seed: seed)
    var expected = Matrix(rows: 3, columns: 4)
    for column in 0..<4 {
      let dx = Matrix(seed)
      expected[0, column] = dx[1, column]
      expected[1, column] = dx[0, column] + dx[5, column]
    }
    expectClose(prompt.gradient ?? seed, expected.tensor)
    #expect(constants.allSatisfy { $0.gradient == nil })
  }

  @Test func `a slot is the sum of its token, its position and its segment`() {
    var random = SeededRandom(seed: 2)
    let tables = tables(&random, 8)
    let matrices = tables.map { Matrix($0) }
    var expected = Matrix(rows: slots.tokens.count, columns: 8)
    for slot in slots.tokens.indices {
      let token = Int(slots.tokens[slot])
      for column in 0..<8 {
        let word = token >= 0 ? matrices[0][token, column] : matrices[1][-1 - token, column]
        expected[slot, column] =
          word + matrices[2][Int(slots.positions[slot]), column]
          + matrices[3][Int(slots.segments[slot]), column]
      }
    }
    let x = embedding(
      slots, tokens: Variable(tables[0]), virtualTokens: Variable(tables[1]),
      positions: Variable(tables[2]), segments: Variable(tables[3]))
    expectClose(x.value, expected.tensor, absolute: 1e-6)
  }

  @Test func `no virtual tokens are needed where no slot is virtual`() {
    let tokens = Variable(Tensor([1, 2], shape: [2, 1]))
    let zero = Variable(Tensor(zeros: [1, 1]))
    let x = embedding(
      EmbeddingSlots(tokens: [1, 0], positions: [0, 0], segments: [0, 0]), tokens: tokens,
      virtualTokens: nil, positions: zero, segments: zero)
    #expect(x.value.values == [2, 1])
  }

  // Words, virtual tokens, positions and segments.
  private func tables(_ random: inout SeededRandom, _ width: Int) -> [Tensor] {
    [5, 3, 4, 2].map { random.tensor([$0, width]) }
  }
}

extension EmbeddingTests {
  @Test func `words and virtual tokens alone are looked up, and get their gradients`() {
    var random = SeededRandom(seed: 9)
    let (words, virtual) = (random.tensor([5, 3]), random.tensor([2, 3]))
    let slots: [Int32] = [4, -1, 0, 4, -2, -1]
    let x = embedding(slots, tokens: Variable(words), virtualTokens: Variable(virtual))
    let expected: [Float] = slots.map(Int.init).flatMap { slot -> [Float] in
      slot < 0
        ? Array(virtual.values[(-1 - slot) * 3..<(-slot) * 3])
        : Array(words.values[slot * 3..<(slot + 1) * 3])
    }
    #expect(x.value.values == expected)
    checkGradients(of: [words, virtual]) {
      embedding(slots, tokens: $0[0], virtualTokens: $0[1])
    }
    checkGradients(of: [virtual]) {
      embedding(slots, tokens: Variable(words), virtualTokens: $0[0])
    }
  }
  // Tokens 60, 2 and 60 of a table of 80.
  private func looksUp(_ tape: Tape, _ words: Tensor) -> (table: Variable, x: Variable) {
    let table = tape.variable(words)
    return (table, embedding([60, 2, 60], tokens: table, virtualTokens: nil))
  }

  @Test func `the gradient of a long table is of the rows that were looked up`() throws {
    var random = SeededRandom(seed: 10)
    let tape = Tape()
    let (table, x) = looksUp(tape, random.tensor([80, 3]))
    let dx = random.tensor([3, 3])
    tape.pullback(from: x, seed: dx)
    guard case .rows(let rows)? = table.compactGradient else {
      Issue.record("The gradient is of all rows.")
      return
    }
    #expect(rows.rows == [60, 2])
    var expected = Matrix(rows: 80, columns: 3)
    for column in 0..<3 {
      expected[60, column] = Matrix(dx)[0, column] + Matrix(dx)[2, column]
      expected[2, column] = Matrix(dx)[1, column]
    }
    expectClose(try #require(table.gradient), expected.tensor)
  }

  @Test func `a long table that is also multiplied by has the gradient of both uses`() {
    var random = SeededRandom(seed: 11)
    checkGradients(of: [random.tensor([80, 3])]) { tables in
      let x = embedding([60, 2, 60], tokens: tables[0], virtualTokens: nil)
      return product(x, tables[0])
    }
  }

  @Test func `virtual tokens may be few of many, and pass their gradient on`() throws {
    var random = SeededRandom(seed: 12)
    let tape = Tape()
    let leaf = tape.variable(random.tensor([80, 3]))
    let x = embedding(
      [-3, -41], tokens: Variable(random.tensor([5, 3])), virtualTokens: tanh(leaf))
    tape.pullback(from: x, seed: Tensor(repeating: 1, shape: [2, 3]))
    let gradient = try #require(leaf.gradient)
    #expect(gradient.shape == [80, 3])
    let touched = (0..<80).filter { row in gradient.values[row * 3] != 0 }
    #expect(touched == [2, 40])
  }
}
