// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCore
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// What must hold of any T5, beside its numbers.
@Suite struct T5Tests {
  @Test func `a tiny T5 has its shape`() throws {
    let model = try TinyT5("unequal-depth").model
    #expect(model.width == 24 && model.attentionWidth == 12 && model.headCount == 2)
    #expect(model.layerCount == 3 && model.decoderLayerCount == 1)
    #expect(model.vocabularyCount == 60 && !model.hasPooler)
    #expect(model.startTokenID == 0 && model.endTokenID == 1)
    #expect(model.trainedParameters.isEmpty)
    #expect(model.wordEmbeddings(of: [3, 4]).shape == [2, 24])
  }

  @Test(arguments: TinyT5.names)
  func `a row alone has the states and logits that it has among others`(name: String) throws {
    let golden = try TinyT5(name)
    let state = golden.state(try golden.prompt(input: true, decoder: true))
    let together = try golden.logits(state).value.rowValues
    let (rows, targets) = (try golden.rows(virtualTokens: 5), try golden.lists("targets"))
    var first = 0
    for (row, target) in zip(rows, targets) {
      let batch = Batch([row])
      let alone = golden.model.logits(
        of: TargetBatch([TargetRow(target: target, start: 0, virtualTokens: 3, source: 0)]),
        after: batch, prompts: state, dropout: 0,
        in: .inference())
      #expect(alone.value.rowValues == Array(together[first..<first + target.count]))
      first += target.count
    }
  }

  @Test(arguments: TinyT5.names)
  func `a head that reads one slot of each row gets what all slots' states hold`(
    name: String
  ) throws {
    let golden = try TinyT5(name)
    var prompt = try golden.prompt(input: true)
    prompt.deep = FoldedPrompt.Deep(
      table: try golden.tensor("deep"), layers: 0..<golden.model.layerCount)
    let (batch, state) = (try golden.batch(virtualTokens: 5), golden.state(prompt))
    func states(_ reading: Reading) -> Variable {
      golden.model.hiddenStates(
        of: batch, prompts: state, reading: reading, dropout: 0, in: .inference())
    }
    let texts = zip(batch.textBegin, batch.textEnd).flatMap { Array($0..<$1) }
    let all = states(.all)
    for slots in [
      batch.textEnd.map { $0 - 1 }, texts,
      texts.filter { $0 % 2 == 0 || batch.textBegin.contains($0) },
    ] {
      let some = states(.slots(slots)).value
      #expect(gap(some.values, rows(slots, of: all).value.values) < 1e-5)
    }
  }

  // Gradients of both prompts and the loss under dropout, targets and texts split in parts.
  private func train(
    _ golden: TinyT5, parts: [Range<Int>], step: Int = 0
  ) throws -> (losses: [Float], gradients: [[Float]]) {
    let prompt = try golden.prompt(input: true, decoder: true)
    var sums = [Tensor?](repeating: nil, count: 2)
    var losses: [Float] = []
    let (rows, targets) = (try golden.rows(virtualTokens: 5), try golden.lists("targets"))
    for part in parts {
      let pass = Pass.training(seed: 3, step: step)
      let tape = try #require(pass.tape)
      let state = golden.state(prompt).map { tape.variable($0.value) }
      let batch = Batch(Array(rows[part]), numbers: Array(part))
      let own = part.map {
        TargetRow(
          target: targets[$0], start: 0, virtualTokens: 3, source: $0 - part.lowerBound)
      }
      let logits = golden.model.logits(
        of: TargetBatch(own, numbers: Array(part)), after: batch, prompts: state, dropout: 0.2,
        in: pass)
      let loss = crossEntropy(
        logits, labels: part.flatMap { targets[$0] }, scale: 1)
      tape.pullback(from: loss)
      losses.append(loss.value.values[0])
      for (index, variable) in state.tables.enumerated() {
        add(variable.gradient, to: &sums[index])
      }
    }
    return (losses, sums.map { $0?.values ?? [] })
  }

  @Test(arguments: TinyT5.names)
  func `the same values are dropped however rows are split`(name: String) throws {
    let golden = try TinyT5(name)
    let whole = try train(golden, parts: [0..<5])
    let split = try train(golden, parts: [0..<2, 2..<5])
    #expect(abs(split.losses.reduce(0, +) - whole.losses[0]) < 1e-3)
    for (left, right) in zip(split.gradients, whole.gradients) {
      #expect(relativeGap(left, right) < 1e-4)
    }
    let other = try train(golden, parts: [0..<5], step: 1)
    #expect(abs(other.losses[0] - whole.losses[0]) > 1e-3)
    #expect(try train(golden, parts: [0..<5]).gradients == whole.gradients)
  }

  @Test func `a frozen model records nothing below the prompt`() throws {
    let golden = try TinyT5("t5-1.1")
    let pass = Pass.training(seed: 1, step: 0)
    let tape = try #require(pass.tape)
    // Without an encoder prompt only the decoder's own is trained: its states alone are recorded.
    let state = golden.state(try golden.prompt(input: false, decoder: true))
      .map { tape.variable($0.value) }
    let batch = try golden.batch()
    let read = golden.model.hiddenStates(
      of: batch, prompts: state, reading: .all, dropout: 0, in: pass)
    #expect(!read.isRecorded && tape.recordCount == 0)
    let logits = golden.model.logits(
      of: try golden.targets(virtualTokens: 3), after: batch,
      prompts: state, dropout: 0, in: pass)
    #expect(logits.isRecorded)
  }
}
