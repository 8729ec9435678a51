// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterNN
import PrompterTensor
import Testing

@Suite struct PassTests {
  private let trained = Parameter("w", Tensor([1, 2], shape: [1, 2]), isTrained: true)
  private let frozen = Parameter("f", Tensor([1, 2], shape: [1, 2]), isTrained: false)

  @Test func `only a trained parameter of a training pass is recorded`() {
    #expect(!Pass.inference()(trained).isRecorded)
    let pass = Pass.training(seed: 1, step: 0)
    #expect(pass(trained).isRecorded)
    #expect(!pass(frozen).isRecorded)
  }

  @Test func `a parameter used twice gets the sum of its gradients`() throws {
    let pass = Pass.training(seed: 1, step: 0)
    #expect(pass(trained) === pass(trained))
    #expect(pass.gradient(of: trained)?.values == nil)
    let twice = rows([0, 0, 0], of: pass(trained))
    try #require(pass.tape).pullback(from: twice)
    #expect(pass.gradient(of: trained)?.values == [3, 3])
    #expect(pass.gradient(of: frozen)?.values == nil)
  }

  @Test func `dropout keys differ between places, steps and seeds and repeat exactly`() {
    func keys(seed: UInt64, step: Int) -> [UInt32] {
      let pass = Pass.training(seed: seed, step: step)
      return (0..<50).compactMap { _ in pass.dropout(0.1)?.key }
    }
    let all = keys(seed: 1, step: 0) + keys(seed: 1, step: 1) + keys(seed: 2, step: 0)
    #expect(Set(all).count == 150)
    #expect(keys(seed: 1, step: 0) == keys(seed: 1, step: 0))
  }

  @Test func `nothing is dropped in inference or with probability 0`() {
    #expect(Pass.inference().dropout(0.5).map(\.key) == nil)
    #expect(Pass.training(seed: 1, step: 0).dropout(0).map(\.key) == nil)
  }

  @Test func `gradients are handed over with their parameters instead of kept`() {
    var handed: [String: [Float]] = [:]
    let pass = Pass.training(seed: 1, step: 0) { handed[$0.name] = $1.tensor.values }
    let trained = Parameter("trained", Tensor([1, 2], shape: [2]), isTrained: true)
    let frozen = Parameter("frozen", Tensor([1, 2], shape: [2]), isTrained: false)
    let x = addBias(addBias(Variable(Tensor(zeros: [3, 2])), pass(trained)), pass(frozen))
    pass.tape?.pullback(from: x, seed: Tensor(repeating: 1, shape: [3, 2]))
    #expect(handed == ["trained": [3, 3]])
    #expect(pass.gradient(of: trained) == nil)
  }
}
