// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterCLI

@Suite struct ManualPageTests {
  private func pages() throws -> [String: String] {
    let all = ManualPage.all(of: try CommandDescription.program(), version: "1.2.3")
    return Dictionary(uniqueKeysWithValues: all.map { ($0.fileName, $0.text) })
  }

  @Test func `every command has a page`() throws {
    #expect(
      try pages().keys.sorted() == [
        "prompter-data-preview.1", "prompter-data-summary.1", "prompter-data.1",
        "prompter-evaluate.1", "prompter-model-inspect.1", "prompter-model.1",
        "prompter-predict.1", "prompter-prompt-convert.1", "prompter-prompt-inspect.1",
        "prompter-prompt-nearest.1", "prompter-prompt.1", "prompter-train.1", "prompter.1",
      ])
  }

  @Test func `a page says what the help page says`() throws {
    let page = try #require(pages()["prompter-train.1"])
    #expect(page.hasPrefix(#".TH "PROMPTER\-TRAIN" 1 "" "prompter 1.2.3" "Prompter""#))
    for line in [
      #"prompter\-train \- Train a prompt for one task"#, ".SH MODEL AND TASK", ".SH TRAINING PLAN",
      #"\fB\-\-learning\-rate\fR \fIx\fR"#, #"\fB\-\-resume\fR"#, ".SH EXAMPLES",
      #"  prompter train \-\-model models/minilm \-\-task sst2 \-\-train train.tsv \e"#,
      #"\fBprompter\fR(1)"#,
    ] {
      #expect(page.contains("\n\(line)") || page.contains("  \(line)"), "\(line)")
    }
    // What stands below the examples is no example.
    let examples = try #require(page.range(of: ".SH EXAMPLES"))
    #expect(!page[examples.upperBound...].contains("Data files end in"))
    #expect(try #require(pages()["prompter.1"]).contains(#"\fBprompter\-train\fR(1)"#))
  }

  @Test func `no line of a text is taken for a command`() {
    #expect(ManualPage.escaped(".jsonl") == #"\&.jsonl"#)
    #expect(ManualPage.escaped("'a' \\ -b") == #"\&'a' \e \-b"#)
  }

  @Test func `the pages are written into a folder`() throws {
    try withFolder { folder in
      let run = try prompter(["generate-manual", folder.path])
      #expect(run.status == 0 && run.output.isEmpty, "\(run.messages)")
      #expect(
        try Set(FileManager.default.contentsOfDirectory(atPath: folder.path)) == Set(pages().keys))
      let missing = try prompter(["generate-manual", folder.path + "/none"])
      #expect(missing.status == 64)
      #expect(missing.messages == "prompter: \(folder.path)/none is no folder.\n")
    }
  }
}
