// SPDX-License-Identifier: Apache-2.0

import PrompterTasks
import Testing

@Suite struct LabelSpaceTests {
  @Test func `labels and indices lead to each other`() throws {
    let space = try LabelSpace(["neutral", "entailment"])
    #expect(space.count == 2)
    #expect(space[1] == "entailment")
    #expect(try space.index(of: "entailment") == 1)
    #expect(space.firstIndex(of: "no") == nil)
  }

  @Test func `an unknown label is told with those there are`() throws {
    let space = try LabelSpace(["false", "true"])
    #expect(
      complaint { try space.index(of: "True") }
        == "The label \"True\" is not one of the task's: \"false\", \"true\" "
        + "(did you mean \"true\"?).")
    #expect(
      complaint { try space.index(of: "maybe") }
        == "The label \"maybe\" is not one of the task's: \"false\", \"true\".")
  }

  @Test func `many labels are not all listed`() throws {
    let space = try LabelSpace((0..<50).map { "class number \($0)" })
    #expect(complaint { try space.index(of: "x") }.hasSuffix("\"class number 11\" and 38 more."))
  }

  @Test func `a label cannot be there twice`() {
    #expect(complaint { try LabelSpace(["a", "b", "a"]) } == "The label \"a\" is given twice.")
  }

  @Test func `labels that look alike are two`() throws {
    let space = try LabelSpace(["\u{E9}", "e\u{301}"])
    #expect(space.firstIndex(of: "e\u{301}") == 1)
    var map: LabelMap = ["\u{E9}": "x"]
    #expect(map["\u{E9}"] == "x" && map["e\u{301}"] != "x")
    map["a"] = "b"
    #expect(map["a"] == "b" && map["c"] == "c")
  }
}
