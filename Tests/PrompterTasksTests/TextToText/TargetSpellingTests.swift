// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct TargetSpellingTests {
  private func spelling(_ labels: [String], isSimilarity: Bool = false) -> TargetSpelling {
    TargetSpelling(file: "data", labels: labels, isSimilarity: isSimilarity)
  }

  @Test(arguments: [
    ("True", "True"), ("true", "True"), ("FALSE", "False"), ("0", "False"), ("1", "True"),
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
    #expect(try spelling(labels, isSimilarity: true).target(of: "2.75", line: 1) == "2.8")
    #expect(
      complaint { try spelling(labels, isSimilarity: true).target(of: "nan", line: 2) }
        == "data, line 2: the field \"score\" should be a number from 0 to 5.")
  }
}
