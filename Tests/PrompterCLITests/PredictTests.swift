// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `prompter predict` as people and pipes use it.
@Suite struct PredictTests {
  // Rows of a few words, of which some prompts read one column and some two.
  private static func table(_ count: Int) -> String {
    let words = [("good", "fun"), ("bad", "dull"), ("great", "best"), ("worst", "long")]
    let rows = (0..<count).map { index in
      let (first, second) = words[index % words.count]
      return "\(index),the film was \(first),it was \(second),\(index % 2 == 0 ? "good" : "bad")"
    }
    return (["id,message,reply,mood"] + rows).joined(separator: "\n") + "\n"
  }

  // A prompt that was trained on columns of the table.
  private func train(_ fields: [String], in folder: URL) throws -> String {
    let (data, output) = (folder.appending(path: "train.csv"), folder.appending(path: "prompt"))
    try Data(Self.table(24).utf8).write(to: data)
    let run = try prompter(
      [
        "train", "--model", tinyModel, "--task", "text-classification", "--train", data.path,
        "--steps", "2", "--max-length", "24", "--threads", "1", "--output", output.path, "--quiet",
        "--field", "label=mood",
      ] + fields.flatMap { ["--field", $0] })
    try #require(run.status == 0, "\(run.messages)")
    return output.path
  }

  private func predict(
    _ prompt: String, _ arguments: [String] = [], input: String = ""
  ) throws -> Run {
    try prompter(
      ["predict", "--model", tinyModel, "--prompt", prompt, "--threads", "1"] + arguments,
      input: input)
  }

  @Test func `every format of queries gives the same answers`() throws {
    try withFolder { folder in
      let prompt = try train(["text=message"], in: folder)
      let texts = ["the film was good", "so \"bad\", really", "the play\tis long"]
      func object(_ key: String, _ text: String) throws -> String {
        String(decoding: try JSONEncoder().encode([key: text]), as: UTF8.self)
      }
      func quoted(_ text: String) -> String { "\"\(text.replacing("\"", with: "\"\""))\"" }
      // Those with the prompt's own column and those with its name in every query.
      let inputs = try [
        ("jsonl", texts.map { try object("message", $0) }),
        ("jsonl", texts.map { try object("text", $0) }),
        ("csv", ["id,Message"] + texts.map { "7,\(quoted($0))" }),
        ("csv", ["text,other"] + texts.map { "\(quoted($0)),\"x\ny\"" }),
        ("tsv", ["message"] + texts.map { $0.replacing("\t", with: " ") }), ("text", texts),
      ]
      let extensions = ["jsonl": "jsonl", "csv": "csv", "tsv": "tsv", "text": "txt"]
      var found: [[String]] = []
      for (format, lines) in inputs {
        let file = folder.appending(path: "queries.\(extensions[format] ?? "")")
        let text = lines.joined(separator: "\n")
        try Data(text.utf8).write(to: file)
        let byName = try predict(prompt, ["--output-format", "csv", file.path])
        #expect(byName.status == 0, "\(byName.messages)")
        let byOption = try predict(
          prompt, ["--output-format", "csv", "--input-format", format], input: text)
        #expect(byOption.output == byName.output)
        let rows = byName.output.split(separator: "\n").dropFirst()
        found.append(rows.map { $0.split(separator: ",").suffix(2).joined(separator: " ") })
        #expect(rows.allSatisfy { $0.hasPrefix("7,") } == (lines[0] == "id,Message"))
      }
      #expect(found[0].count == texts.count)
      #expect(found.allSatisfy { $0 == found[0] })
    }
  }

  @Test func `answers are lines of JSON, rows of a table, or labels`() throws {
    try withFolder { folder in
      let prompt = try train(["text=message"], in: folder)
      let file = folder.appending(path: "queries.csv").path
      try Data("id,message\n\"a,b\",good\n8,\"bad\n\n9\n,bad film\n".utf8)
        .write(to: URL(filePath: file))
      let sound = folder.appending(path: "sound.csv").path
      try Data("id,message\n\"a,b\",good\n\n8,bad,no\n9,bad film\n".utf8)
        .write(to: URL(filePath: sound))
      let json = try predict(prompt, [sound])
      #expect(json.status == 65)
      let answers = try json.objects()
      #expect(answers.map { $0["id"] as? String } == ["a,b", nil, "9"])
      #expect(answers.map { $0["line"] as? Int } == [nil, 4, nil])
      #expect(answers[1]["error"] as? String == "The row has 3 columns; the header has 2.")
      let labels = answers.map { $0["label"] as? String ?? "" }
      let csv = try predict(prompt, [sound, "--output-format", "csv", "--top", "2"])
      let rows = csv.output.split(separator: "\n").map(String.init)
      #expect(rows[0] == "id,line,task,label,probability,label_2,probability_2,error")
      #expect(rows[1].hasPrefix("\"a,b\",2,prompt,\(labels[0]),0."))
      #expect(rows[2] == ",4,,,,,,The row has 3 columns; the header has 2.")
      let bare = try predict(prompt, [sound, "--output-format", "label"])
      #expect(bare.status == 65)
      #expect(bare.output == labels.joined(separator: "\n") + "\n")
      #expect(bare.messages.contains("Line 4: The row has 3 columns"))
      // A quote that never ends takes the rest with it, and says where it starts.
      let open = try predict(prompt, [file])
      #expect(try open.objects().count == 2)
      #expect(
        try open.objects()[1]["error"] as? String == "a quoted field starts here and never ends.")
    }
  }

  @Test func `the most probable labels are told`() throws {
    try withFolder { folder in
      let prompt = try train(["text=message"], in: folder)
      let all = try predict(prompt, ["--text", "good", "--json"]).object()
      let shares = try #require(all["probabilities"] as? [String: Double])
      #expect(shares.count == 2)
      let one = try predict(prompt, ["--top", "1"], input: #"{"text": "good"}"#).object()
      let label = try #require(all["label"] as? String)
      #expect(one["probabilities"] as? [String: Double] == [label: shares[label] ?? 0])
      #expect(
        try predict(prompt, ["--text", "good", "--top", "1"]).output.split(separator: "\n").count
          == 2)
      #expect(
        try predict(prompt, ["--text", "good", "--output-format", "label"]).output == label + "\n")
      for wrong in [["--top", "0"], ["--json", "--output-format", "csv"]] {
        #expect(try predict(prompt, wrong + ["--text", "good"]).status == 64)
      }
    }
  }

  @Test func `a prompt for pairs needs two texts, and another one`() throws {
    try withFolder { folder in
      let prompt = try train(["text=message", "pair=reply"], in: folder)
      let run = try predict(
        prompt,
        input: """
          {"message": "good", "reply": "fun", "id": 1}
          {"text": "good", "id": 2}
          {"text": "good", "pair": "fun", "id": 3}
          """)
      #expect(run.status == 65)
      let answers = try run.objects()
      #expect(answers.map { $0["label"] != nil } == [true, false, true])
      #expect(
        answers[1]["error"] as? String
          == "The prompt `prompt` cannot answer: it answers pairs of texts, and there is no second "
          + "text.")
      let alone = try predict(prompt, ["--text", "good"])
      #expect(alone.status == 65 && alone.output.isEmpty)
      #expect(try predict(prompt, ["--text", "good", "--pair", "fun"]).status == 0)
      let text = try predict(prompt, ["--input-format", "text"], input: "good\n")
      #expect(text.status == 65)
      // A table without the second column is one sentence.
      let table = try predict(prompt, ["--input-format", "csv"], input: "message\ngood\n")
      #expect(table.status == 65 && table.output.isEmpty)
      #expect(
        table.messages
          == "prompter: standard input has no column for the second text beside message "
          + "(\"reply\"); its columns are \"message\".\n")
    }
  }

  @Test func `other columns can be named`() throws {
    try withFolder { folder in
      let prompt = try train(["text=message"], in: folder)
      let input = "body,message\ngood film,bad\n"
      let format = ["--input-format", "csv"]
      let own = try predict(prompt, format, input: input).object()
      let named = try predict(prompt, format + ["--field", "text=body"], input: input).object()
      let expected = try predict(prompt, ["--text", "good film", "--json"]).object()
      #expect(named["probability"] as? Double == expected["probability"] as? Double)
      #expect(own["probability"] as? Double != expected["probability"] as? Double)
      let missing = try predict(prompt, format + ["--field", "text=no"], input: input)
      #expect(missing.status == 65)
      #expect(missing.messages.contains(#"has no column for the text ("no")"#))
      #expect(try predict(prompt, format + ["--field", "topic=body"], input: input).status == 64)
      // The table that the prompt was trained on may have a column `pair`, which it does not read.
      #expect(try predict(prompt, format, input: "message,pair\ngood,x\n").status == 0)
    }
  }

  @Test func `lines of text are asked of the prompt that is named`() throws {
    try withFolder { folder in
      let prompt = try train(["text=message"], in: folder)
      let two = ["--prompt", "b=\(prompt)", "--input-format", "text"]
      let unnamed = try predict("a=\(prompt)", two, input: "good\n")
      #expect(unnamed.status == 65)
      #expect(unnamed.output.contains("The query names no task"))
      let named = try predict("a=\(prompt)", two + ["--task", "b"], input: "good\n\nbad\n")
      #expect(try named.objects().map { $0["task"] as? String } == ["b", "b"])
      #expect(named.messages.contains("Blank lines have no answer: 1."))
      let guess = try predict(prompt, input: "good film\n")
      #expect(guess.messages.contains("--input-format text, csv or tsv reads what is not JSON"))
    }
  }

  @Test func `one text is asked of many prompts, and answered in one line`() throws {
    try withFolder { folder in
      let prompt = try train(["text=message"], in: folder)
      let two = ["--prompt", "b=\(prompt)"]
      func answers(_ arguments: [String], _ input: String) throws -> [[[String: Any]]] {
        try predict("a=\(prompt)", two + arguments, input: input).objects().map {
          try #require($0["answers"] as? [[String: Any]])
        }
      }
      let named = try answers([], #"{"tasks": ["b", "a"], "text": "good"}"# + "\n")
      #expect(named[0].map { $0["task"] as? String } == ["b", "a"])
      #expect(named[0][0]["label"] as? String == named[0][1]["label"] as? String)
      let all = try answers(["--tasks", "all", "--input-format", "text"], "good\nbad\n")
      #expect(all.map(\.count) == [2, 2])
      let unknown = try predict(
        "a=\(prompt)", two, input: #"{"tasks": ["a", "x"], "text": "good", "id": 1}"# + "\n")
      #expect(unknown.status == 65)
      #expect(unknown.output.contains(#"{"task":"x","error":"There is no prompt `x`;"#))
      let both = try predict("a=\(prompt)", two + ["--task", "a", "--tasks", "all"], input: "")
      #expect(both.status == 64 && both.messages.contains("--task or --tasks, not both"))
    }
  }

  @Test func `a line is answered at once while more may come`() throws {
    try withFolder { folder in
      let prompt = try train(["text=message"], in: folder)
      for (format, line) in [("jsonl", #"{"text": "good"}"#), ("text", "good"), ("csv", "good")] {
        let session = try Session([
          "predict", "--model", tinyModel, "--prompt", prompt, "--input-format", format,
          "--output-format", "label",
        ])
        if format == "csv" { try session.send("message\n") }
        try session.send(line + "\n")
        #expect(try !session.line().isEmpty)
        let clock = ContinuousClock()
        let times = try (0..<10).map { _ in
          try clock.measure {
            try session.send(line + "\n")
            #expect(try !session.line().isEmpty)
          }
        }
        // Other tests run beside this one; an answer that waited for more lines would never come.
        #expect(times.min() ?? .seconds(1) < .milliseconds(50))
        Thread.sleep(forTimeInterval: 0.3)
        let (status, messages) = try session.end()
        #expect(status == 0)
        // Waiting is no work.
        let seconds = messages.firstMatch(of: /Answered 11 queries in ([0-9.]+)s of work/)
        #expect(seconds.flatMap { Double($0.1) } ?? 1 < 0.3, "\(messages)")
      }
    }
  }

  @Test func `weights that are not those of the training are refused`() throws {
    try withFolder { folder in
      let prompt = try train(["text=message"], in: folder)
      let model = folder.appending(path: "model")
      try FileManager.default.copyItem(at: URL(filePath: tinyModel), to: model)
      let arguments = ["predict", "--model", model.path, "--prompt", prompt, "--text", "good"]
      #expect(try prompter(arguments).status == 0)
      let weights = model.appending(path: "model.safetensors")
      var bytes = try Data(contentsOf: weights)
      bytes[bytes.count - 1] ^= 1
      try bytes.write(to: weights)
      let run = try prompter(arguments)
      #expect(run.status == 65 && run.output.isEmpty)
      #expect(run.messages.contains("The prompt was trained on the weights of model"))
    }
  }
}
