// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Models and queries that cannot be answered, asked of the program itself.
@Suite struct HostileModelTests {
  private static func copy(_ source: String, to folder: URL) throws -> URL {
    let model = folder.appending(path: "model")
    try FileManager.default.copyItem(at: URL(filePath: source), to: model)
    return model
  }

  // A prompt for the tiny BERT.
  private static func train(in folder: URL) throws -> String {
    let (data, prompt) = (folder.appending(path: "r.jsonl"), folder.appending(path: "prompt"))
    try writeReviews(10, to: data)
    let run = try prompter([
      "train", "--model", tinyModel, "--task", "text-classification", "--train", data.path,
      "--steps", "1", "--max-length", "16", "--threads", "1", "--output", prompt.path, "--quiet",
    ])
    try #require(run.status == 0, "\(run.messages)")
    // It forgets the model's hash, so that it may be asked of spoiled copies.
    try replace(
      #""sha256" : "[0-9a-f]{64}""#, with: #""sha256" : null"#,
      in: prompt.appending(path: "prompter.json"))
    return prompt.path
  }

  private static func replace(_ pattern: String, with text: String, in file: URL) throws {
    let contents = try String(contentsOf: file, encoding: .utf8)
    try Data(
      contents.replacingOccurrences(of: pattern, with: text, options: .regularExpression).utf8
    ).write(to: file)
  }

  // Every value of a tensor becomes another.
  private static func spoil(_ tensor: String, _ value: Float, in model: URL) throws {
    let file = model.appending(path: "model.safetensors")
    var bytes = try Data(contentsOf: file)
    let range = try range(of: tensor, in: bytes)
    for place in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
      write(value, at: place, in: &bytes)
    }
    try bytes.write(to: file)
  }

  // The bytes of a tensor within a safetensors file.
  private static func range(of tensor: String, in file: Data) throws -> Range<Int> {
    let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header =
      try JSONSerialization.jsonObject(with: file[8..<8 + length]) as? [String: [String: Any]]
    let offsets = try #require(header?[tensor]?["data_offsets"] as? [Int])
    return 8 + length + offsets[0]..<8 + length + offsets[1]
  }

  // A value in place of the four bytes that begin somewhere.
  private static func write(_ value: Float, at place: Int, in file: inout Data) {
    let bits = value.bitPattern
    file.replaceSubrange(
      place..<place + 4, with: (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) })
  }

  private static func expectOneSentence(
    _ run: Run, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(run.status == 65 && run.output.isEmpty, sourceLocation: sourceLocation)
    #expect(run.messages.contains(expected), "\(run.messages)", sourceLocation: sourceLocation)
    #expect(run.messages.split(separator: "\n").count == 1, sourceLocation: sourceLocation)
    #expect(run.messages.utf8.count < 500, sourceLocation: sourceLocation)
  }

  // transformers 5.23 with PEFT 0.21.2 gives LABEL_0 0.0836177 on the same two folders.
  @Test func `the first BERTs' norms are read as transformers reads them`() throws {
    let folder = fixtures.appending(path: "cases/01-layernorm-gamma-beta")
    let run = try prompter(
      [
        "predict", "--model", folder.appending(path: "model").path, "--prompt",
        folder.appending(path: "adapter").path, "--precision", "float32", "--quiet",
      ], input: #"{"text":"good film"}"# + "\n")
    let shares = try #require(run.objects().first?["probabilities"] as? [String: Double])
    #expect(abs(try #require(shares["LABEL_0"]) - 0.083_617_7) < 1e-5)
    #expect(
      try prompter(["model", "inspect", folder.appending(path: "model").path]).status == 0)
  }

  @Test(arguments: [
    ("num_hidden_layers", "no tensor `encoder.layer.3.attention.self.query.weight`"),
    ("vocab_size", "shape [120, 32]"),
    ("intermediate_size", "asks for [2147483647, 32]"), ("type_vocab_size", "shape [2, 32]"),
    ("hidden_size", "config.json: "),
  ])
  func `a gigantic count is one sentence of training and of inspecting`(
    key: String, expected: String
  ) throws {
    try withFolder { folder in
      let model = try Self.copy(tinyModel, to: folder)
      try Self.replace(
        "(\"\(key)\": )[0-9]+", with: "$12147483647", in: model.appending(path: "config.json"))
      let data = folder.appending(path: "r.jsonl")
      try writeReviews(4, to: data)
      let train = [
        "train", "--model", model.path, "--task", "text-classification", "--train", data.path,
        "--steps", "1", "--output", folder.appending(path: "o").path,
      ]
      for arguments in [train, ["model", "inspect", model.path]] {
        Self.expectOneSentence(try prompter(arguments), expected)
      }
      // Without weights there is nothing that a count could contradict.
      try FileManager.default.removeItem(at: model.appending(path: "model.safetensors"))
      #expect([0, 65].contains(try prompter(["model", "inspect", model.path]).status))
    }
  }

  @Test func `inspecting says at once what training would say`() throws {
    try withFolder { folder in
      let model = try Self.copy(tinyModel, to: folder)
      let vocabulary = model.appending(path: "vocab.txt")
      let pieces = try String(contentsOf: vocabulary, encoding: .utf8)
      try Data((pieces + "film\n").utf8).write(to: vocabulary)
      Self.expectOneSentence(
        try prompter(["model", "inspect", model.path]),
        "the id 120, of the piece `film`, which is beyond the model")
    }
  }

  @Test func `weights that are no numbers are named, and nothing is answered`() throws {
    try withFolder { folder in
      let prompt = try Self.train(in: folder)
      let model = try Self.copy(tinyModel, to: folder)
      try Self.spoil("encoder.layer.1.intermediate.dense.weight", .nan, in: model)
      let predict = ["predict", "--model", model.path, "--prompt", prompt, "--threads", "1"]
      for run in [
        try prompter(predict + ["--text", "good"]),
        try prompter(predict + ["--quiet"], input: "{\"text\": \"good\"}\n"),
        try prompter([
          "train", "--model", model.path, "--task", "text-classification", "--train",
          folder.appending(path: "r.jsonl").path, "--steps", "1", "--threads", "1", "--quiet",
          "--output", folder.appending(path: "other").path,
        ]),
      ] {
        #expect(run.status == 65 && run.output.isEmpty)
        #expect(run.messages.contains("`encoder.layer.1.intermediate.dense.weight` in "))
      }
    }
  }

  @Test func `one query that overflows takes no other with it`() throws {
    try withFolder { folder in
      let prompt = try Self.train(in: folder)
      let model = try Self.copy(tinyModel, to: folder)
      let tokenizer = try String(
        contentsOf: model.appending(path: "vocab.txt"), encoding: .utf8)
      let film = try #require(tokenizer.split(separator: "\n").firstIndex(of: "film"))
      let file = model.appending(path: "model.safetensors")
      var bytes = try Data(contentsOf: file)
      let table = try Self.range(of: "embeddings.word_embeddings.weight", in: bytes)
      Self.write(.infinity, at: table.lowerBound + film * 32 * 4, in: &bytes)
      try bytes.write(to: file)
      let predict = ["predict", "--model", model.path, "--prompt", prompt, "--threads", "1"]
      let run = try prompter(
        predict + ["--quiet"],
        input: """
          {"text": "good story", "id": 1}
          {"text": "the film", "id": "b"}
          {"text": "bad story", "id": 3}
          """)
      #expect(run.status == 65)
      let lines = try run.objects()
      #expect(lines.map { $0["label"] != nil } == [true, false, true])
      #expect(lines[1]["id"] as? String == "b" && lines[1]["line"] as? Int == 2)
      #expect((lines[1]["error"] as? String)?.contains("the token `film`") == true)
      let alone = try prompter(predict + ["--text", "the film"])
      #expect(alone.status == 65 && alone.output.isEmpty)
    }
  }
}
