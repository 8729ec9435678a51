// SPDX-License-Identifier: Apache-2.0

@testable import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct TapeTests {
  @Test func `operations on constants record nothing`() {
    let tape = Tape()
    let x = Variable(Tensor(repeating: 1, shape: [2, 3]))
    let one = Variable(Tensor(repeating: 1, shape: [3]))
    let y = layerNorm(
      tanh(activate(x, bias: one, by: .gelu)), gain: one, offset: one, epsilon: 1e-5)
    let loss = crossEntropy(rows([0], of: y), labels: [1], scale: 1)
    #expect(!loss.isRecorded)
    #expect(tape.recordCount == 0)
  }

  @Test func `an operation is recorded once for however many recorded inputs`() {
    let tape = Tape()
    let (x, bias) = (tape.variable(Tensor(zeros: [2, 3])), tape.variable(Tensor(zeros: [3])))
    #expect(tape.recordCount == 0)
    let y = activate(x, bias: bias, by: .gelu)
    #expect(tape.recordCount == 1)
    #expect(y.isRecorded)
    tape.pullback(from: tanh(y), seed: Tensor(zeros: [2, 3]))
    #expect(tape.recordCount == 0)
  }

  @Test func `the gradients of an input used several times add up`() {
    let tape = Tape()
    let x = tape.variable(Tensor([1, 2], shape: [2, 1]))
    let y = rows([0, 1, 1, 0, 1], of: x)
    let z = meanRows(of: x, begin: [0], end: [2])
    y.accumulate(Tensor([1, 1, 1, 1, 1], shape: [5, 1]))
    z.accumulate(Tensor([10], shape: [1, 1]))
    tape.playBackwards()
    #expect(x.gradient?.values == [7, 8])
  }

  @Test func `a tensor that two variables share as gradient is never written to`() {
    let tape = Tape()
    let (x, y) = (tape.variable(Tensor(zeros: [2])), tape.variable(Tensor(zeros: [2])))
    let shared = Tensor([1, 2], shape: [2])
    x.accumulate(shared)
    y.accumulate(shared)
    x.accumulate(Tensor([10, 10], shape: [2]))
    y.adjoint?.owned().buffer.fill(with: 7)
    #expect(shared.values == [1, 2])
    #expect(x.gradient?.values == [11, 12])
    #expect(y.gradient?.values == [7, 7])
  }

  @Test func `a gradient that came after one was taken is not written to either`() {
    let tape = Tape()
    let x = tape.variable(Tensor(zeros: [2]))
    x.adjoint?.owned().buffer.fill(with: 3)
    #expect(x.adjoint?.take()?.tensor.values == [3, 3])
    let shared = Tensor([1, 2], shape: [2])
    x.accumulate(shared)
    x.accumulate(shared)
    #expect(shared.values == [1, 2])
    #expect(x.gradient?.values == [2, 4])
  }

  @Test func `what no pullback reads is freed while the computation goes on`() throws {
    let tape = Tape()
    let x = tape.variable(Tensor(repeating: 1, shape: [2, 16]))
    let weight = PackedMatrix(
      Tensor(repeating: 1, shape: [16, 16]).buffer, outputs: 16, inputs: 16)
    var hidden: Variable? = product(x, weight)
    weak let inner = hidden?.value.buffer
    weak let middle = hidden
    hidden = hidden.map { activate($0, bias: Variable(Tensor(zeros: [16])), by: .gelu) }
    #expect(inner == nil && middle == nil)
    weak let active = hidden?.value.buffer
    hidden = hidden.map { product($0, weight) }
    #expect(active == nil)
    let y = try #require(hidden)
    tape.pullback(from: y, seed: Tensor(repeating: 1, shape: [2, 16]))
    #expect(try #require(x.gradient).values.allSatisfy { $0 > 0 })
  }

  @Test func `the seed of a pullback is not written to`() {
    let tape = Tape()
    let x = tape.variable(Tensor([1, 2], shape: [2, 1]))
    let seed = Tensor([1, 1], shape: [2, 1])
    tape.pullback(from: x, seed: seed)
    tape.pullback(from: rows([0, 1], of: x), seed: seed)
    #expect(seed.values == [1, 1])
    #expect(x.gradient?.values == [2, 2])
  }

  @Test func `what does not lead to the loss has no gradient`() {
    let tape = Tape()
    let (x, aside) = (tape.variable(Tensor(zeros: [1, 2])), tape.variable(Tensor(zeros: [1, 2])))
    _ = tanh(aside)
    tape.pullback(from: tanh(x), seed: Tensor(repeating: 1, shape: [1, 2]))
    #expect(aside.gradient == nil)
    #expect(x.gradient?.values == [1, 1])
  }

  @Test func `a played tape frees what lay between leaves and loss`() {
    weak var value: Buffer?
    weak var between: Variable?
    let tape = Tape()
    let x = tape.variable(Tensor([1, 2], shape: [1, 2]))
    do {
      let y = tanh(x)
      (value, between) = (y.value.buffer, y)
      tape.pullback(from: tanh(y), seed: Tensor(repeating: 1, shape: [1, 2]))
    }
    #expect(value == nil)
    #expect(between == nil)
    #expect(x.gradient != nil)
  }

  @Test func `a tape that is never played is freed with all it holds`() {
    weak var value: Buffer?
    weak var abandoned: Tape?
    do {
      let tape = Tape()
      let y = tanh(tape.variable(Tensor([1, 2], shape: [1, 2])))
      (value, abandoned) = (y.value.buffer, tape)
      withExtendedLifetime((tape, y)) {}
    }
    #expect(value == nil)
    #expect(abandoned == nil)
  }

  @Test func `a leaf keeps its gradient when its tape is gone`() {
    let x: Variable
    do {
      let tape = Tape()
      x = tape.variable(Tensor([0, 0], shape: [1, 2]))
      tape.pullback(from: tanh(x), seed: Tensor(repeating: 1, shape: [1, 2]))
    }
    #expect(x.gradient?.values == [1, 1])
  }

  @Test func `the check of gradients notices a wrong one`() {
    let differences = gradientDifferences(
      of: [Tensor([0.1, 0.2, 0.3], shape: [1, 3])]
    ) { inputs in
      let y = tanh(inputs[0])
      guard let tape = inputs[0].tape else { return y }
      return tape.record(y.value) { dy in inputs[0].accumulate(dy) }
    }
    #expect(!differences.isEmpty)
    #expect(differences.allSatisfy { $0.hasPrefix("Input 0 ") })
  }

  @Test func `a gradient that is handed over may be added to, whoever had it before`() throws {
    let tape = Tape()
    var handed: Gradient?
    let leaf = tape.variable(Tensor(zeros: [2])) { handed = $0 }
    let shared = Tensor([1, 2], shape: [2])
    leaf.accumulate(shared)
    tape.playBackwards()
    let sum = try #require(handed).adding(.whole(Tensor([10, 10], shape: [2])))
    #expect(sum.tensor.values == [11, 12])
    #expect(shared.values == [1, 2])
  }

  @Test func `a leaf hands its gradient over once nothing can be added to it`() {
    let tape = Tape()
    var events: [String] = []
    func leaf(_ name: String, _ value: Float) -> Variable {
      tape.variable(Tensor([value], shape: [1])) { events.append("\(name) \($0.tensor.values[0])") }
    }
    let first = leaf("first", 2)
    let unused = leaf("unused", 2)
    let x = tape.variable(Tensor(zeros: [3, 1]))
    let y = addBias(x, first)
    let last = leaf("last", 1)
    let z = addBias(addBias(y, last), first)
    tape.record(z.value) { [z = z.adjoint] dz in
      events.append("played")
      z?.accumulate(dz)
    }.accumulate(Tensor([1, 2, 3], shape: [3, 1]))
    tape.playBackwards()
    #expect(events == ["played", "last 6.0", "first 12.0"])
    #expect([first, unused, last].allSatisfy { $0.gradient == nil })
    #expect(x.gradient?.values == [1, 2, 3])
  }
}
