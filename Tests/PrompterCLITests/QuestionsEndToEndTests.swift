// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Questions about texts, from the command line.
@Suite struct QuestionsEndToEndTests {
  private static let words = ["good", "bad", "dull", "great"]

  // SQuAD's articles, each with a question that has an answer and one that has none.
  private func writeArticles(_ count: Int, to file: URL, isPossible: Bool = false) throws {
    let articles = (0..<count).map { index -> [String: Any] in
      let word = Self.words[index % 4]
      let context = "the film was \(word) and the story \(index % 2 == 0 ? "was" : "is") long"
      let answers: [[String: Any]] = [["text": word, "answer_start": 13]]
      var questions: [[String: Any]] = [
        ["id": "a\(index)", "question": "was it", "answers": answers]
      ]
      if !isPossible {
        questions.append(
          [
            "id": "b\(index)", "question": "who was it", "answers": [Any](),
            "is_impossible": true,
          ])
      }
      return ["title": "t", "paragraphs": [["context": context, "qas": questions]]]
    }
    let data = try JSONSerialization.data(
      withJSONObject: ["version": "v2.0", "data": articles], options: [.sortedKeys])
    try data.write(to: file)
  }

  private func train(_ task: String, _ file: String, _ prompt: String, _ options: [String])
    throws -> Run
  {
    try prompter(
      [
        "train", "--model", tinyModel, "--task", task, "--train", file, "--max-length", "24",
        "--threads", "1", "--no-pin", "--quiet", "--overwrite", "--output", prompt,
      ] + options)
  }

  @Test func `a prompt is trained, asked, measured and looked at`() throws {
    try withFolder { folder in
      let (file, prompt) = (folder.appending(path: "q.json"), folder.appending(path: "p").path)
      try writeArticles(12, to: file)
      let trained = try train(
        "squad-v2", file.path, prompt,
        ["--steps", "4", "--stride", "4", "--validation", file.path, "--json"])
      #expect(trained.status == 0, "\(trained.messages)")
      let report = try trained.object()
      #expect(report["selected_by"] as? String == "f1")
      let majority = (report["baseline"] as? [String: [String: Double]])?["majority"]
      #expect(majority?["no_answer_f1"] == 1 && majority?["f1"] == 0.5)

      let asking = ["predict", "--model", tinyModel, "--prompt", prompt]
      let query = #"{"id": 7, "question": "was it", "context": "the 🙂 Film was bad, very bad"}"#
      let answer = try #require(
        prompter(asking + ["--top", "2"], input: query + "\n").objects().first)
      #expect(
        Set(answer.keys) == [
          "id", "task", "answer", "start", "end", "probability", "no_answer_probability",
          "candidates",
        ])
      #expect(answer["id"] as? Int == 7)
      let candidates = try #require(answer["candidates"] as? [[String: Any]])
      #expect(candidates.count == 2)
      let scalars = Array("the 🙂 Film was bad, very bad".unicodeScalars)
      for candidate in candidates {
        let (start, end) = (candidate["start"] as? Int ?? -1, candidate["end"] as? Int ?? -1)
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[start..<end])
        #expect(candidate["answer"] as? String == String(text))
      }
      let table = try prompter(asking + ["--output-format", "csv"], input: query + "\n").output
      #expect(table.hasPrefix("id,line,task,label,probability,start,end,error\n7,1,p,"))
      let lone = try prompter(asking, input: #"{"question": "was it"}"# + "\n")
      #expect(lone.status == 65 && lone.output.contains("pairs of texts"))

      let measured = try prompter(
        ["evaluate", "--model", tinyModel, "--prompt", prompt, file.path, "--json"])
      let best = report["best"] as? [String: Any]
      #expect(
        try measured.object()["metrics"] as? [String: Double] == best?["metrics"]
          as? [String: Double])
      #expect(try prompter(["prompt", "inspect", prompt]).status == 0)
      #expect(
        try prompter(["data", "preview", file.path, "--task", "squad-v2"]).status == 0)
    }
  }

  @Test func `what is wrong with a file is told`() throws {
    try withFolder { folder in
      let (file, prompt) = (folder.appending(path: "q.jsonl"), folder.appending(path: "p").path)
      let row = #"{"question": "was it", "context": "it was bad", "answers": ["#
      try Data("\(row)\"bad\"]}\n\(row)\"good\"]}\n".utf8).write(to: file)
      let trained = try prompter([
        "train", "--model", tinyModel, "--task", "squad", "--train", file.path, "--steps", "1",
        "--threads", "1", "--no-pin", "--output", prompt,
      ])
      #expect(trained.status == 0)
      #expect(
        trained.messages.contains(
          "left out 1 question, none of whose answers stands in the context; the first is line 2"))
      let bare = folder.appending(path: "bare.jsonl")
      try Data(#"{"question": "was it", "context": "it was bad"}"#.utf8).write(to: bare)
      let measured = try prompter(
        ["evaluate", "--model", tinyModel, "--prompt", prompt, bare.path])
      #expect(measured.status == 65)
      #expect(
        measured.messages.contains(
          "bare.jsonl, line 1: the question has no answers, and they are needed here."))
      let other = try train("sst2", file.path, prompt, ["--stride", "4"])
      #expect(other.status == 64 && other.messages.contains("--stride"))
    }
  }

  @Test func `folds are made of whole contexts`() throws {
    try withFolder { folder in
      let (file, prompt) = (folder.appending(path: "q.json"), folder.appending(path: "p").path)
      try writeArticles(8, to: file, isPossible: true)
      let folds = try train(
        "xquad", file.path, prompt, ["--folds", "2", "--steps", "2", "--json"])
      #expect(folds.status == 0, "\(folds.messages)")
      #expect(
        (try folds.object()["mean"] as? [String: Double])?.keys.sorted() == ["exact_match", "f1"])
    }
  }
}
