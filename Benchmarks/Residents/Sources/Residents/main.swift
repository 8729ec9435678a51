// SPDX-License-Identifier: Apache-2.0
// What a thousand resident prompts cost, and what many tasks about one text save.
//
// Residents MODEL TEXTS: a model's folder or reference, and a file with a text a line.

import Foundation
import Prompter

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
  print("usage: Residents MODEL TEXTS")
  exit(64)
}
let folder = try ModelReference(arguments[1]).resolve { print($0) }
let model = try PretrainedModel(contentsOf: folder)
let texts = try String(contentsOfFile: arguments[2], encoding: .utf8)
  .split(separator: "\n").prefix(1_000).map(String.init)
let task = TaskDescription(kind: .textClassification, labels: ["a", "b"])
let examples = Dataset(
  examples: texts.prefix(32).enumerated().map {
    Example(text: $1, label: task.labels[$0 % 2])
  }, url: URL(filePath: arguments[2]))

/// A prompt of two steps: its values do not matter here.
func prompt(layers: Range<Int>? = nil, seed: UInt64) throws -> Prompt {
  var plan = TrainingPlan(duration: .steps(2), batchSize: 8, learningRate: 1e-2, seed: seed)
  plan.threads = 2
  return try Trainer(
    model: model, method: .pTuningV2(promptLength: 20, layers: layers), plan: plan
  ).train(task: task, training: examples).prompt
}

/// The resident bytes of this process.
func residentBytes() throws -> Int {
  let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
  return (Int(pages[1]) ?? 0) * 4_096
}

func seconds(_ work: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  return try clock.measure(work) / .seconds(1)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

// MARK: - Residents

let files = FileManager.default.temporaryDirectory.appending(path: "residents-\(getpid())")
try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(at: files) }
let written = files.appending(path: "prompt")
try prompt(seed: 1).write(to: written)
let ownBytes = 20 * model.backbone.layerCount * 2 * model.backbone.attentionWidth * 4
let predictor = try Predictor(model: model, prompts: [], threads: 2)

/// Prompts of a range, each read from the disk as a server would.
func load(_ range: Range<Int>) throws -> [Double] {
  try range.map { number in
    try seconds { try predictor.insert(Prompt(contentsOf: written), named: "prompt-\(number)") }
  }
}

/// Sentences a second of a batch that mixes prompts.
func throughput(of count: Int) throws -> Double {
  let queries = texts.enumerated().map { Query($1, task: "prompt-\($0 * 7 % count)") }
  _ = try predictor.predict(queries)
  let times = try (0..<7).map { _ in try seconds { _ = try predictor.predict(queries) } }
  return Double(queries.count) / median(times)
}

_ = try load(0..<100)
let hundred = try throughput(of: 100)
let before = try residentBytes()
let times = try load(100..<1_000)
let grown = try residentBytes() - before
let thousand = try throughput(of: 1_000)
let hundredAgain = try throughput(of: 100)
print("loading one more: median \(median(times) * 1_000) ms, most \((times.max() ?? 0) * 1_000) ms")
print("memory: \(Double(grown) / Double(900 * ownBytes)) times the prompts' own bytes")
print("sentences a second: 100 prompts \(hundred) and \(hundredAgain), 1,000 prompts \(thousand)")

// MARK: - One text, many tasks

let top = model.backbone.layerCount - 2..<model.backbone.layerCount
let many = try (0..<20).map { ("top-\($0)", try prompt(layers: top, seed: UInt64($0))) }
let asked = try Predictor(model: model, prompts: many, threads: 2)
let together = texts.flatMap { text in many.map { Query(text, task: $0.0) } }
let apart = many.flatMap { named in texts.map { Query($0, task: named.0) } }
var answers: ([Prediction], [Prediction]) = ([], [])
var ratios: [Double] = []
for _ in 0..<3 {
  let one = try seconds {
    answers.0 = try asked.predict(prepared: asked.prepared(together))
  }
  let other = try seconds { answers.1 = try asked.predict(prepared: asked.prepared(apart)) }
  print("20 tasks about \(texts.count) texts: \(one) s together, \(other) s apart")
  ratios.append(other / one)
}
let isSame = texts.indices.allSatisfy { text in
  many.indices.allSatisfy { answers.0[text * 20 + $0] == answers.1[$0 * texts.count + text] }
}
print("together \(median(ratios)) times as fast, the same bits: \(isSame)")
