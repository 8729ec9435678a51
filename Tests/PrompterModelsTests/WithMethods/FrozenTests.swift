// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCore
import PrompterKernels
import PrompterMethods
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// A frozen backbone cannot change, and work that nobody reads is not done.
@Suite struct FrozenTests {
  @Test(
    arguments: [
      "p-tuning-v2", "p-tuning-v2-mlp", "p-tuning-v2-layers", "prompt-tuning", "head-only",
    ]
  )
  func `training leaves every byte of the backbone as it was`(method: String) throws {
    let run = try GoldenCase(method + "-pair-pooler").trainingRun()
    let probe = Batch(TinyBERT.texts(lengths: [3, 20, 8]))
    func answer() -> [Float] {
      run.backbone.hiddenStates(
        of: probe, prompts: .none(layerCount: 3), reading: .all, dropout: 0, in: .inference()
      ).value.values
    }
    let before = (weights: digest(of: run.backbone), answer: answer(), loss: try run.step().loss)
    var optimizer = AdamW(run.parameters, weightDecay: 0.1)
    for index in 0..<5 {
      optimizer.update(with: try run.step(index).gradients, rate: 0.05)
    }
    #expect(try run.step().loss != before.loss)
    #expect(digest(of: run.backbone) == before.weights)
    #expect(answer() == before.answer)
  }

  @Test func `fine-tuning changes the bytes, so that the test above can fail`() throws {
    let run = try GoldenCase("fine-tuning-pair-pooler").trainingRun()
    let before = digest(of: run.backbone)
    var optimizer = AdamW(run.parameters)
    optimizer.update(with: try run.step().gradients, rate: 0.05)
    #expect(digest(of: run.backbone) != before)
  }

  @Test func `a frozen backbone has nothing to train and a trained one all it has`() throws {
    #expect(try TinyBERT.load().trainedParameters.isEmpty)
    let trained = try TinyBERT.load(isTrained: true)
    let count = trained.trainedParameters.reduce(0) { $0 + $1.value.shape.count }
    #expect(count == trained.parameterCount)
  }

  @Test func `nothing is recorded below the lowest prompted layer`() {
    let counts = [0..<3, 1..<3, 2..<3].map {
      recordCount(FoldedPrompt.deep(length: 4, layers: $0, seed: 1))
    }
    #expect(counts[0] > counts[1])
    #expect(counts[1] > counts[2])
    // Attention, its product, the perceptron and two norms, then three each of the
    // pooler and the head.
    #expect(counts[2] == 5 + 3 + 3)
    #expect(recordCount(FoldedPrompt.input(length: 4, seed: 1)) > counts[0])
  }

  @Test func `without a prompt only the head and the loss are recorded`() {
    #expect(recordCount(FoldedPrompt()) == 3)  // a product, a bias, a loss
  }

  // The operations on a replica's tape after the loss.
  private func recordCount(_ prompt: FoldedPrompt) -> Int {
    guard let backbone = try? TinyBERT.load() else { return 0 }
    let pass = Pass.training(seed: 1, step: 0)
    guard let tape = pass.tape else { return 0 }
    let state = PromptState.folded([prompt])
      .map { tape.variable($0.value) }
    let head = Linear(
      weight: Parameter("head.weight", Tensor(zeros: [2, 32]), isTrained: true),
      bias: Parameter("head.bias", Tensor(zeros: [2]), isTrained: true))
    let rows = TinyBERT.texts(lengths: [4, 7]).map { $0.under(prompt) }
    let states = backbone.sequenceStates(
      of: Batch(rows), prompts: state, pooling: .pooler, dropout: 0, in: pass)
    _ = crossEntropy(head(states, in: pass), labels: [0, 1], scale: 0.5)
    return tape.recordCount
  }
}

/// A hash of all weights of a backbone, wherever they stand in it, packed ones included.
private func digest(of backbone: any Backbone) -> Int {
  var hasher = Hasher()
  func visit(_ value: Any) {
    if let parameter = value as? Parameter {
      hasher.combine(parameter.name)
      hasher.combine(parameter.value.values)
    } else if let packed = value as? PackedMatrix {
      // What a packed weight says of the unit vectors is the weight itself.
      var units = [Float](repeating: 0, count: packed.inputs * packed.inputs)
      for index in 0..<packed.inputs { units[index * (packed.inputs + 1)] = 1 }
      let x = Tensor(units, shape: [packed.inputs, packed.inputs])
      hasher.combine(product(Variable(x), packed).value.values)
    } else {
      for child in Mirror(reflecting: value).children { visit(child.value) }
    }
  }
  visit(backbone)
  return hasher.finalize()
}
