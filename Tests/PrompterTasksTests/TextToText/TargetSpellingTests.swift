// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct TargetSpellingTests {
  private func spelling(
    _ labels: [String], _ rules: TargetSpelling.Rules = .published
  ) -> TargetSpelling {
    TargetSpelling(file: "data", labels: labels, rules: rules)
  }

  @Test(arguments: ["0", "2", "-1", "-", "<unk>", "Positive", "1.0", "true"])
  func `a user's labels are what they are spelled as and nothing else`(spelled: String) throws {
    let own = spelling(["negative", "positive", "1"], .own)
    #expect(try own.target(of: "1", line: 1) == "1")
    #expect(try own.target(of: "", line: 1) == nil)
    #expect(
      complaint { try own.target(of: spelled, line: 7) }
        .hasPrefix("data, line 7: the label \"\(spelled)\" is not one of the task's: "))
    #expect(try spelling([spelled, "x"], .own).target(of: spelled, line: 1) == spelled)
  }

  @Test func `two labels that differ in their normalisation form are two`() throws {
    let own = spelling(["e\u{301}", "\u{E9}"], .own)
    let read = try own.target(of: "\u{E9}", line: 1)
    #expect(read?.unicodeScalars.count == 1)
  }

  @Test(arguments: [
    ("True", "True"), ("true", "True"), ("FALSE", "False"), ("0", "False"), ("1", "True"),
    ("1.0", "True"),
  ])
  func `a label is known by its spelling or its index`(spelled: String, target: String) throws {
    #expect(try spelling(["False", "True"]).target(of: spelled, line: 1) == target)
  }

  @Test(arguments: ["", "-1", "-", "<unk>"])
  func `some spellings mean that there is none`(spelled: String) throws {
    #expect(try spelling(["False", "True"]).target(of: spelled, line: 1) == nil)
  }

  @Test func `a label of another task is refused with its line`() {
    #expect(
      complaint { try spelling(["negative", "positive"]).target(of: "positiv", line: 4) }
        == "data, line 4: the label \"positiv\" is not one of the task's: \"negative\", "
        + "\"positive\" (did you mean \"positive\"?).")
    #expect(complaint { try spelling(["a", "b"]).target(of: "2", line: 1) }.contains("\"2\""))
  }

  @Test func `without labels any text is a target`() throws {
    #expect(try spelling([]).target(of: "-1", line: 1) == "-1")
    #expect(try spelling([]).target(of: "", line: 1) == nil)
  }

  @Test func `a similarity is a number`() throws {
    let labels = TextToTextPreset.stsb.labels
    #expect(try spelling(labels, .similarity).target(of: "2.75", line: 1) == "2.8")
    #expect(
      complaint { try spelling(labels, .similarity).target(of: "nan", line: 2) }
        == "data, line 2: the field \"score\" should be a number from 0 to 5.")
  }
}
