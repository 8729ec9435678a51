// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterKernels
import PrompterMethods
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// How far products of rounded factors may lead from the numbers of PyTorch in float32.
///
/// Rounding to bfloat16 moves a factor by at most 2⁻⁹ of itself, 0.2 %, up or down by chance; a
/// product moves by about as much of its length. The models here have three layers of four products
/// each, one after another, and random weights of which none is small. Their states move by at most
/// 0.9 % of their length (T5's logits by 1.4 %), losses of 0.5 to 7 by 0.013, and gradients, which
/// go back through as many products and start from a loss that has moved, by 4.7 %. The limits are
/// about twice that. int16 has at least four bits more.
private struct Limits: Sendable, CustomTestStringConvertible {
  let precision: Precision
  let states: Double
  let leastStates: Double
  let logits: Double
  let loss: Float
  let gradients: Double

  var testDescription: String { precision.rawValue }

  static let all = [
    Limits(
      precision: .bfloat16, states: 0.02, leastStates: 1e-4, logits: 0.03, loss: 0.03,
      gradients: 0.1),
    Limits(
      precision: .int16, states: 0.00125, leastStates: 1e-6, logits: 0.002, loss: 0.002,
      gradients: 0.006),
  ]
}

@Suite struct PrecisionTests {
  private static let frozen = GoldenFile.all.filter { !$0.name.hasPrefix("fine-tuning") }
  private static let trained = GoldenFile.all.filter { $0.name.hasPrefix("fine-tuning") }
  private static let cases =
    frozen.flatMap { file in Limits.all.map { (file, $0) } }
    + trained.map { ($0, Limits.all[0]) }

  @Test(arguments: cases)
  fileprivate func `an encoder's states, loss and gradients are near PyTorch's`(
    file: GoldenFile, limits: Limits
  ) throws {
    let golden = try GoldenCase(file)
    let run = try golden.trainingRun(precision: limits.precision)
    let batch = Batch(run.rows)
    let hidden = run.backbone.hiddenStates(
      of: batch, prompts: run.method.makeState(in: .inference()), reading: .all, dropout: 0,
      in: .inference())
    let text = zip(batch.textBegin, batch.textEnd).flatMap { Array($0..<$1) }
    let found = rows(text, of: hidden).value.values
    let distance = try relativeGap(found, golden.values("hidden"))
    #expect(distance < limits.states)
    #expect(distance > limits.leastStates, "Nothing was rounded.")

    let step = try run.step()
    try #expect(abs(step.loss - Double(golden.values("loss")[0])) < Double(limits.loss))
    try golden.checkGradients(of: step, run, within: limits.gradients)
  }

  @Test(arguments: cases)
  fileprivate func `ten steps lose nearly what PyTorch's lose`(
    file: GoldenFile, limits: Limits
  ) throws {
    let golden = try GoldenCase(file)
    let run = try golden.trainingRun(replicas: 2, precision: limits.precision)
    var optimizer = AdamW(run.parameters, weightDecay: golden.run.weightDecay)
    for (index, expected) in try golden.values("losses").enumerated() {
      let step = try run.step(index)
      #expect(abs(step.loss - Double(expected)) < Double(limits.loss), "step \(index)")
      optimizer.update(
        with: step.gradients, rate: Float(golden.run.learningRates[index]),
        gradientScale: clippingFactor(norm: step.norm, limit: golden.run.clipNorm))
    }
  }

  @Test(arguments: trained)
  func `a model that is trained knows no integers`(file: GoldenFile) throws {
    let golden = try GoldenCase(file)
    let (exact, other) = try (
      golden.trainingRun().step(), golden.trainingRun(precision: .int16).step()
    )
    #expect(exact.loss == other.loss)
    #expect(exact.gradients.map { $0?.values } == other.gradients.map { $0?.values })
  }

  @Test(arguments: TinyT5.names, Limits.all)
  fileprivate func `T5's states, logits and gradients are near transformers'`(
    name: String, limits: Limits
  ) throws {
    let golden = try TinyT5(name, precision: limits.precision)
    let method = PromptTuning(
      try golden.tensor("input"), decoderVectors: try golden.tensor("decoder_input"),
      layerCount: golden.model.layerCount)
    let pass = Pass.training(seed: 1, step: 0)
    let state = method.makeState(in: pass)
    let logits = try golden.logits(state, in: pass)
    try #expect(relativeGap(logits.value.values, golden.values("both.logits")) < limits.logits)
    let loss = try golden.loss(state, in: pass)
    try #expect(gap(loss.value.values, golden.values("both.loss")) < limits.loss)
    try #require(pass.tape).pullback(from: loss)
    for (parameter, name) in zip(method.parameters, ["input", "decoder_input"]) {
      let gradient = try #require(pass.gradient(of: parameter))
      try #expect(
        relativeGap(gradient.values, golden.values("both.gradient." + name)) < limits.gradients)
    }
  }

  // The tied table is rounded as a weight of products alone.
  @Test(arguments: Precision.allCases)
  func `T5's embeddings are not rounded`(precision: Precision) throws {
    let exact = try TinyT5("t5-1.0").model
    let rounding = try TinyT5("t5-1.0", precision: precision).model
    let ids = (0..<Int32(exact.vocabularyCount)).map { $0 }
    #expect(exact.wordEmbeddings(of: ids).values == rounding.wordEmbeddings(of: ids).values)
    #expect(exact.parameterCount == rounding.parameterCount)
  }

  @Test(arguments: TinyT5.names, Precision.allCases)
  func `a T5 row alone has the logits that it has among others`(
    name: String, precision: Precision
  ) throws {
    let golden = try TinyT5(name, precision: precision)
    let state = golden.state(FoldedPrompt())
    let together = try golden.logits(state).value.rowValues
    var first = 0
    for (row, target) in zip(try golden.rows(), try golden.lists("targets")) {
      let batch = Batch([row])
      let alone = golden.model.logits(
        of: TargetBatch([TargetRow(target: target, start: 0, virtualTokens: 0, source: 0)]),
        after: batch, prompts: state, dropout: 0, in: .inference())
      #expect(alone.value.rowValues == Array(together[first..<first + target.count]))
      first += target.count
    }
  }
}
