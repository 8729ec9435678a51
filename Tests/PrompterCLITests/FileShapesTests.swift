// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The shapes in which public data sets come, each read with two options at most.
@Suite struct FileShapesTests {
  private static let texts = [
    "A gripping, funny film.", "Dull; not a café in sight.", "He said \"go\", and nobody did.",
    "Fine.",
  ]
  private static let labels = ["positive", "negative", "negative", "positive"]

  private static let shapes: [(file: String, options: [String])] = [
    ("headerless.csv", ["--columns", "text,label"]),
    ("headerless.tsv", ["--columns", "text,label"]), ("semicolons.csv", []), ("bars.txt", []),
    ("fasttext.txt", []), ("packed.csv.gz", []), ("packed.tsv.zst", []), ("columns.json", []),
    ("records.json", ["--records", "data.train"]),
    ("lists.json", ["--records", "train", "--columns", "text,label"]),
    ("label-first.txt", ["--columns", "label,text"]),
    ("spaces.txt", ["--columns", "label,text", "--delimiter", "space"]),
    ("latin1.csv", ["--encoding", "latin1"]), ("utf16.tsv", []),
    ("reviews", ["--columns", "text,label"]), ("numbers.csv", ["--columns", "4,3"]),
    ("numbers.csv", ["--columns", "id,date,label,text"]),
    ("numbers.csv", ["--columns", "text=4,label=3"]),
  ]

  @Test(arguments: shapes.indices)
  func `a file is read as it comes, by both kinds of task`(index: Int) throws {
    let (file, options) = Self.shapes[index]
    #expect(options.count <= 4)
    for task in [[], ["--template", "{text}"]] {
      let rows = try preview(file, options + task)
      #expect(rows.map { $0["text"] as? String } == Self.texts, "\(file)")
      #expect(rows.map { $0["label"] as? String } == Self.labels, "\(file)")
    }
  }

  @Test func `line ends in quotes are the text's own`() throws {
    let rows = try preview("quoted.csv", [])
    #expect(rows.first?["text"] as? String == "A\r\ngripping, funny film.")
    #expect(rows.map { $0["line"] as? Int } == [2, 4, 6, 8])
  }

  @Test func `TREC's questions are read, whatever the file is called`() throws {
    let rows = try preview("questions.label", [])
    #expect(rows.map { $0["label"] as? String } == ["NUM", "LOC", "DESC"])
    #expect(rows[1]["text"] as? String == "What is Malmö known for ?")
    try withFolder { folder in
      let copy = folder.appending(path: "TREC_10")
      try FileManager.default.copyItem(at: Self.file("questions.label"), to: copy)
      #expect(try preview(copy.path, ["--format", "trec"]).count == 3)
    }
  }

  private static let mistakes: [(file: String, options: [String], sentence: String)] = [
    ("headerless.csv", [], "has it a header?"), ("headerless.csv", [], "--columns text,label"),
    ("latin1.csv", [], "line 3: byte 16 of the line is 0xE9, which is no UTF-8; --encoding"),
    ("records.json", [], "--records says where the rows are"),
    ("records.json", ["--records", "data.dev"], "there it holds \"train\", \"test\"; --records"),
    ("lists.json", [], "several lists of rows: \"train\", \"test\"; --records"),
    ("lists.json", ["--records", "train"], "is a list, whose values have no names; --columns"),
    ("semicolons.csv", ["--columns", "text,label"], "need not be said again; leave out --columns"),
    ("numbers.csv", ["--columns", "text,label"], "line 1 has 4 columns; the names are \"text\""),
    ("headerless.tsv", ["--delimiter", "bar", "--columns", "text,label"], "--delimiter says"),
    ("headerless.csv", ["--delimiter", ";", "--columns", "text,label"], "--delimiter says"),
    ("fasttext.txt", ["--delimiter", "tab"], "where there is no delimiter; --format says"),
    ("columns.json", ["--columns", "text,label"], "where there is no column to name; --format"),
  ]

  @Test(arguments: mistakes.indices)
  func `a file that is taken for another is one sentence with the option that helps`(
    index: Int
  ) throws {
    let (file, options, sentence) = Self.mistakes[index]
    let run = try prompter(["data", "preview", Self.file(file).path] + options)
    #expect(run.status == 65, "\(run.messages)")
    #expect(run.messages.contains(sentence), "\(run.messages)")
    #expect(run.messages.split(separator: "\n").count == 1)
    #expect(run.messages.hasSuffix(".\n"))
  }

  private static let others: [(text: String, sentence: String)] = [
    ("{\"text\": \"a\"}\n", "; --format jsonl reads one object a line."),
    (
      "premise,label\na,b\n", "; --field text=premise takes it alone, and --field pair=COLUMN names"
    ),
    ("review,label\na,b\n", "; --field text=COLUMN names another."),
    ("text,label\na,b\nc\n", "the header has 2; --delimiter says what separates columns."),
    ("text,label\n\"a\"b,c\n", "--format tsv takes quotes as they stand."),
  ]

  @Test(arguments: others.indices)
  func `a table that cannot be read is told with the option that helps`(index: Int) throws {
    try withFolder { folder in
      let file = folder.appending(path: "data.csv")
      try Data(Self.others[index].text.utf8).write(to: file)
      let run = try prompter(["data", "preview", file.path])
      #expect(run.status == 65 && run.messages.contains(Self.others[index].sentence), "\(run)")
    }
  }

  private static func file(_ name: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/files/\(name)").standardizedFileURL
  }

  private func preview(_ file: String, _ options: [String]) throws -> [[String: Any]] {
    let path = file.hasPrefix("/") ? file : Self.file(file).path
    let run = try prompter(["data", "preview", path, "--limit", "9", "--json"] + options)
    #expect(run.status == 0, "\(file): \(run.messages)")
    return try #require(run.object()["rows"] as? [[String: Any]])
  }
}
