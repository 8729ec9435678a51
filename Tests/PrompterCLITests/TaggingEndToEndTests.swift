// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterJSON
import Testing

/// Tags of words from the command line.
@Suite struct TaggingEndToEndTests {
  private static let sentences = """
    -DOCSTART- -X- O

    the DT O
    good NN B-X
    heart NN I-X
    was VB O

    bad JJ B-Y
    film NN O

    it PR O
    was VB O
    great NN B-X
    heart NN I-X


    """

  private func training(_ folder: URL, _ more: [String] = []) -> [String] {
    [
      "train", "--model", tinyModel, "--task", "conll03", "--train",
      folder.appending(path: "train.conll").path, "--validation",
      folder.appending(path: "train.conll").path, "--prompt-length", "4", "--epochs", "60",
      "--batch-size", "1", "--learning-rate", "0.02", "--max-length", "24", "--threads", "1",
      "--overwrite", "--output", folder.appending(path: "p").path,
    ] + more
  }

  private func write(_ text: String, _ name: String, in folder: URL) throws -> String {
    let file = folder.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  @Test func `names are trained, evaluated and found`() throws {
    try withFolder { folder in
      let file = try write(Self.sentences, "train.conll", in: folder)
      let trained = try prompter(training(folder, ["--json"]))
      #expect(trained.status == 0, "\(trained.messages)")
      #expect(trained.output.contains(#""labels":["B-X","B-Y","I-X","O"]"#))
      #expect(
        trained.output.contains(
          #""metrics":{"accuracy":1.0,"span_f1":1.0,"span_precision":1.0"#))

      let own = ["--model", tinyModel, "--prompt", folder.appending(path: "p").path, "--quiet"]
      let table = try prompter(["evaluate"] + own + [file])
      #expect(table.output.contains("Always the usual tag of each word"))
      #expect(table.output.contains("Type  Precision  Recall      F1  There"))
      let json = try prompter(["evaluate"] + own + [file, "--json"])
      #expect(
        json.output.contains(
          #""entities":[{"type":"X","precision":1.0,"recall":1.0,"f1":1.0,"support":2}"#))

      let queries = try write(
        #"{"id":1,"tokens":["the","good","heart","was"]}"# + "\n"
          + #"{"id":2,"text":"bad film."}"# + "\n" + #"{"id":3,"tokens":[1]}"#,
        "queries.jsonl", in: folder)
      let answers = try prompter(["predict"] + own + [queries])
      let lines = answers.output.split(separator: "\n")
      #expect(answers.status == 65 && lines.count == 3)
      #expect(
        lines[0].contains(
          #""entities":[{"type":"X","text":"good heart","start":4,"end":14,"probability":"#))
      #expect(lines[0].contains(#""tags":["O","B-X","I-X","O"],"offsets":[[0,3],[4,8],"#))
      #expect(lines[1].contains(#""tokens":["bad","film","."]"#))
      #expect(lines[2].contains("The field `tokens` should be a list of strings."))
      let text = try prompter(["predict"] + own + ["--text", "the good heart was"])
      #expect(text.output.contains("Entity  Text        Start  End  Probability"))
      #expect(text.output.contains("X       good heart      4   14"))
    }
  }

  @Test func `a tag that training data lack is refused with its line`() throws {
    try withFolder { folder in
      _ = try write(Self.sentences, "train.conll", in: folder)
      let other = try write("film O\n\nheart B-Z\n", "test.conll", in: folder)
      let run = try prompter(training(folder, ["--test", other]))
      #expect(run.status == 65)
      #expect(
        run.messages.contains("test.conll, line 3: the label \"B-Z\" is not one of the task's"))
    }
  }

  @Test func `options of tags are for tasks that tag words`() throws {
    for (options, sentence) in [
      (["--task", "sst2", "--tag-scheme", "iob2"], "--tag-scheme is for tasks that tag words"),
      (["--task", "conll03", "--tag-scheme", "bio"], "--tag-scheme knows auto, iob1, iob2"),
      (["--task", "conll03", "--tag-names", "O,O"], "--tag-names takes two names or more"),
    ] {
      let run = try prompter(
        ["train", "--model", tinyModel, "--train", "none.conll", "--output", "/tmp/none"]
          + options)
      #expect(run.status == 64 && run.messages.contains(sentence), "\(run.messages)")
    }
  }

  @Test func `a file of tagged words is counted by its tags`() throws {
    try withFolder { folder in
      let file = try write(Self.sentences, "train.conll", in: folder)
      let run = try prompter(["data", "summary", file, "--task", "conll03", "--json"])
      #expect(run.status == 0, "\(run.messages)")
      #expect(run.output.contains(#""examples":3"#))
      #expect(run.output.contains(#"{"label":"B-X","count":2}"#))
    }
  }
}
