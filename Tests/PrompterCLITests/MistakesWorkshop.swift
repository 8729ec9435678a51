// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A folder with all that can be got wrong: data files, models and a prompt, whole and damaged.
final class MistakesWorkshop: Sendable {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "prompter-mistakes-\(UUID())")

  /// Makes the files and trains the prompt.
  init() throws {
    try FileManager.default.createDirectory(
      at: folder.appending(path: "files"), withIntermediateDirectories: true)
    for (name, text) in Self.files { try write(Data(text.utf8), name) }
    try writeReviews(20, to: folder.appending(path: "reviews.jsonl"))
    try write(
      Data("text,label\nfun,good\n".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }),
      "utf16.csv")
    try makeModels()
    let run = try run("prompter $train reviews.csv $short --output prompt --quiet > /dev/null")
    try #require(run.status == 0, "\(run.messages)")
    try makePrompts()
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  /// Runs a command of the shell in the folder, in which `$train` is what most trainings have in
  /// common and `$short` what makes them short; what it leaves in `out` goes.
  func run(_ command: String) throws -> Run {
    let words = """
      prompter() { command "$0" "$@"; }
      train='train --model model --task text-classification --train'
      short='--steps 2 --prompt-length 2 --threads 1 --no-pin --precision float32'
      """
    let run = try shell(words + "\n" + command, in: folder)
    try? FileManager.default.removeItem(at: folder.appending(path: "out"))
    // Some messages name whole paths, which are others in each run.
    let start = folder.resolvingSymlinksInPath().path + "/"
    let messages = run.messages.replacing(start, with: "").replacing(folder.path + "/", with: "")
    return Run(status: run.status, output: run.output, messages: messages)
  }

  private func write(_ data: Data, _ name: String) throws {
    try data.write(to: folder.appending(path: name))
  }

  private static let rows = [
    "good film,good", "bad film,bad", "great fun,good", "dull play,bad",
  ].joined(separator: "\n")

  private static let files = [
    "reviews.csv": "text,label\n\(rows)\n", "dev.csv": "text,label\nbest film,good\nworst,bad\n",
    "other.csv": "text,label\nbest film,good\nworst film,bat\n", "empty.csv": "",
    "header.csv": "text,label\n", "twice.csv": "text,text,label\na,b,good\n",
    "unlabelled.csv": "text,stars\nfun,5\n", "ragged.csv": "text,label\nfun,good\nso, so,bad\n",
    "quote.csv": "text,label\nfun,good\n\"no end,bad\n", "same.csv": "text,label\na,good\nb,good\n",
    "reviews.parquet": "PAR1", "run.json": #"{"model": "model", "epoch": 3}"#,
    "broken.jsonl":
      "{\"text\": \"fun\", \"label\": \"good\"}\n{\"text\": \"dull\", label: \"bad\"}\n",
    "list.jsonl": "[\"fun\", \"good\"]\n",
    "mixed.jsonl": """
    {"text": "fun", "pair": "great", "label": "good"}
    {"text": "dull", "label": "bad"}

    """,
    "number.jsonl": "{\"text\": 5, \"label\": \"good\"}\n{\"text\": [5], \"label\": \"bad\"}\n",
    "gap.jsonl": "{\"text\": \"fun\", \"label\": \"good\"}\n{\"text\": \"dull\"}\n",
    "queries.jsonl": "{\"text\": \"fun\"}\n{\"text\": \n",
  ]

  // The tiny model as it is, and others that are like it but for one thing.
  private func makeModels() throws {
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "model"), withDestinationURL: URL(filePath: tinyModel))
    let others = [
      ("narrow", "cases/01-layernorm-gamma-beta/model"), ("writer", "text/model"),
    ]
    for (name, path) in others {
      try FileManager.default.createSymbolicLink(
        at: folder.appending(path: name), withDestinationURL: fixtures.appending(path: path))
    }
    for name in ["gpt", "garbled", "cut", "speechless", "twin"] {
      try FileManager.default.copyItem(
        at: URL(filePath: tinyModel), to: folder.appending(path: name))
    }
    try replace("\"bert\"", by: "\"gpt2\"", in: "gpt/config.json")
    try write(Data("{\"model_type\": ".utf8), "garbled/config.json")
    try change("cut/model.safetensors") { $0.removeLast(1_000) }
    try change("twin/model.safetensors") { $0[$0.count - 2] ^= 1 }
    for name in ["tokenizer.json", "vocab.txt", "tokenizer_config.json"] {
      try? FileManager.default.removeItem(at: folder.appending(components: "speechless", name))
    }
  }

  private func makePrompts() throws {
    for name in ["misshapen", "torn", "scribbled"] {
      try FileManager.default.copyItem(
        at: folder.appending(path: "prompt"), to: folder.appending(path: name))
    }
    try replace("\"prompt_length\" : 2", by: "\"prompt_length\" : 3", in: "misshapen/prompter.json")
    try change("torn/adapter_model.safetensors") { $0.removeLast(100) }
    try write(Data("{\"method\": ".utf8), "scribbled/prompter.json")
  }

  private func change(_ name: String, _ body: (inout Data) -> Void) throws {
    var data = try Data(contentsOf: folder.appending(path: name))
    body(&data)
    try write(data, name)
  }

  private func replace(_ old: String, by new: String, in name: String) throws {
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    try #require(text.contains(old), "\(text)")
    try write(Data(text.replacing(old, with: new).utf8), name)
  }
}
