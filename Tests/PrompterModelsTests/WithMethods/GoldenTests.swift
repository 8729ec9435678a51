// SPDX-License-Identifier: Apache-2.0

import PrompterCheckpoint
import PrompterAutodiff
import PrompterCore
import PrompterMethods
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// The numbers of PyTorch, over families, methods, one or two texts, and what the head reads.
@Suite struct GoldenTests {
  @Test func `all golden files are there`() {
    for (folder, count) in GoldenFile.folders {
      #expect(GoldenFile.files(in: folder).count == count, "\(folder)")
    }
  }

  @Test(arguments: GoldenFile.all)
  func `hidden states and logits are PyTorch's`(file: GoldenFile) throws {
    let golden = try GoldenCase(file)
    let run = try golden.trainingRun()
    let batch = Batch(run.rows)
    let state = run.method.makeState(in: .inference())
    let hidden = run.backbone.hiddenStates(
      of: batch, prompts: state, reading: .all, dropout: 0, in: .inference())
    let text = zip(batch.textBegin, batch.textEnd).flatMap { Array($0..<$1) }
    try #expect(
      gap(rows(text, of: hidden).value.values, golden.values("hidden")) < 1e-4)
    try #expect(gap(run.logits(state: state).values, golden.values("logits")) < 1e-4)
  }

  @Test(arguments: GoldenFile.all, [1, 2, 3])
  func `loss, gradients and their norm are PyTorch's, however rows are split`(
    file: GoldenFile, replicas: Int
  ) throws {
    let golden = try GoldenCase(file)
    let run = try golden.trainingRun(replicas: replicas)
    let step = try run.step()
    try #expect(abs(step.loss - Double(golden.values("loss")[0])) < 1e-4)
    let norm = try Double(golden.values("norms")[0])
    #expect(abs(step.norm - norm) < 1e-3 * norm)

    try golden.checkGradients(of: step, run, within: 1e-3)
  }

  @Test(arguments: GoldenFile.all, [1, 2, 3])
  func `ten steps of training lose what PyTorch's lose`(file: GoldenFile, replicas: Int) throws {
    let golden = try GoldenCase(file)
    let run = try golden.trainingRun(replicas: replicas)
    let losses = try golden.values("losses").map { Double($0) }
    let norms = try golden.values("norms").map { Double($0) }
    var optimizer = AdamW(run.parameters, weightDecay: golden.run.weightDecay)
    for index in 0..<golden.run.steps {
      let factor = golden.run.schedule.factor(
        step: index, of: golden.run.totalSteps, warmup: golden.run.warmUpSteps, epoch: 0)
      let rate = golden.run.learningRate * factor
      #expect(abs(rate - golden.run.learningRates[index]) < 1e-12)
      let step = try run.step(index)
      #expect(abs(step.loss - losses[index]) < 1e-4, "step \(index)")
      #expect(abs(step.norm - norms[index]) < 1e-3 * norms[index], "step \(index)")
      optimizer.update(
        with: step.gradients, rate: Float(rate),
        gradientScale: clippingFactor(norm: step.norm, limit: golden.run.clipNorm))
    }
  }

  @Test func `a step with the same replicas has the same bits`() throws {
    let run = try GoldenCase("p-tuning-v2-mlp-pair-mean").trainingRun(replicas: 2)
    let (first, second) = (try run.step(), try run.step())
    #expect(first.loss == second.loss)
    #expect(first.gradients.map { $0?.values } == second.gradients.map { $0?.values })
  }
}
