// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterKernels
import PrompterNN
import PrompterTasks
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

@testable import PrompterTraining

/// A run of PyTorch that tags words under P-Tuning v2, as Scripts/make-tagging-fixtures.py writes
/// it: from the words on to ten losses.
@Suite struct TaggingGoldenTests {
  private let file: SafetensorsFile
  private let examples: TaggedDataset
  private let kind: TokenClassification

  private struct Sentence: Decodable {
    let tokens: [String]
    let tags: [String]
  }

  init() throws {
    file = try SafetensorsFile(
      contentsOf: PromptBench.fixture("../tagging").appending(path: "p-tuning-v2.safetensors"))
    let sentences = try JSONDecoder().decode(
      [Sentence].self, from: Data(#require(file.metadata["sentences"]).utf8))
    examples = TaggedDataset(
      examples: sentences.map { TaggedSentence(words: $0.tokens, tags: $0.tags) },
      url: URL(filePath: "golden"))
    let task = try #require(TaskDescription.preset("token-classification"))
    kind = TokenClassification(try TokenClassification(task).completed(by: examples))
  }

  private func values(_ name: String) throws -> [Float] { try file.tensor(name).values }

  // The run as it starts in PyTorch.
  private func session(
    threads: Int, accumulating parts: Int = 1
  ) throws -> (TrainingSession, HeadObjective<TokenClassification>) {
    let plan = Toy.plan(.steps(20)) {
      ($0.batchSize, $0.gradientAccumulation) = (parts == 1 ? 5 : 1, parts == 1 ? 1 : 5)
      ($0.learningRate, $0.warmup, $0.isShuffled) = (0.01, 2, false)
      ($0.gradientNormLimit, $0.weightDecay, $0.evaluation) = (1, 0, .steps(1))
      ($0.maximumLength, $0.threads) = (50, threads)
    }
    let trainer = Trainer(
      model: try Toy.model(), method: PTuningV2.Settings(promptLength: 5, dropout: 0), plan: plan)
    var made: HeadObjective<TokenClassification>?
    let session = try TrainingSession(trainer: trainer, task: kind.task, folder: nil) {
      let objective = try HeadObjective(kind, training: examples, validation: nil, in: $0)
      for parameter in $0.method.parameters + (objective.head?.parameters ?? []) {
        parameter.value.buffer.update(from: try values("parameter." + parameter.name))
      }
      made = objective
      return objective
    }
    return (session, try #require(made))
  }

  @Test(arguments: [1, 2, 3])
  func `loss and gradients are PyTorch's, however sentences are split`(threads: Int) throws {
    let (session, objective) = try session(threads: threads)
    let all = Array(0..<examples.count)
    let pass = Pass.training(seed: 0, step: 0)
    let state = session.method.makeState(in: pass)
    let step = TrainingStep(
      tables: state.map(\.value), trained: session.trained, seed: 0, number: 0,
      scale: objective.scale(of: all), zLoss: 0)
    let sum = objective.gradients(of: all, firstNumber: 0, step: step)
    #expect(try abs(sum.loss - Double(values("loss")[0])) < 1e-4)
    for (variable, gradient) in zip(state.tables, sum.tables) {
      if let gradient { variable.accumulate(gradient) }
    }
    pass.tape?.playBackwards()
    let prompt = try #require(pass.compactGradient(of: session.method.parameters[0]))
    let found = [prompt] + sum.parameters.compactMap(\.self)
    for (name, gradient) in zip(["prompt", "head.weight", "head.bias"], found) {
      let expected = try values("gradient." + name)
      let gap = zip(gradient.tensor.values, expected).reduce(0) {
        $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
      }
      let norm = expected.reduce(0) { $0 + $1 * $1 }
      #expect((gap / norm).squareRoot() < 1e-3, "\(name)")
    }
  }

  @Test(arguments: [1, 5])
  func `ten steps lose what PyTorch's lose, however a step is made up`(parts: Int) throws {
    let losses = try values("losses").map { Double($0) }
    let (session, _) = try session(threads: 2, accumulating: parts)
    let outcome = try session.run(
      resuming: false, isInterrupted: { session.progress.step == 10 }, report: { _ in })
    let found = outcome.prompt.card.history.map(\.loss)
    #expect(found.count == 10)
    for (loss, expected) in zip(found, losses) { #expect(abs(loss - expected) < 1e-4) }
  }

  @Test func `each word's values are PyTorch's`() throws {
    let (session, _) = try session(threads: 1)
    let prompt = session.outcome(wasInterrupted: false).prompt
    let predictor = try Predictor(
      model: Toy.model(), prompts: [("p", prompt)], threads: 1, isPinned: false)
    let answers = try predictor.predict(examples.examples.map { Query(words: $0.words) })
    let words = answers.flatMap { ($0.content as? TagAnswer)?.words ?? [] }
    let logits = try values("logits")
    #expect(words.count * 3 == logits.count)
    for (index, word) in words.enumerated() {
      let own = Array(logits[3 * index..<3 * index + 3])
      let expected = LabelAnswer(logits: own, of: kind.task.labels)
      #expect(word.tag == expected.text)
      #expect(abs(word.probability - (expected.probability ?? 0)) < 1e-4)
    }
  }
}
