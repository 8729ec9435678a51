// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterTasks

@Suite struct MeaningsTests {
  private let table = """
    mr,ref
    "name[Bo], area[city centre]","Bo is in the centre."
    "name[Al]","Al, a place."
    "name[Bo], area[city centre]","In the centre there is Bo."

    """

  @Test func `a meaning comes once with all its sentences, or with each to learn`() throws {
    let read = try textExamples(of: table, as: .commaSeparated, "e2e")
    #expect(
      read == [
        TextToTextExample(
          input: "e2e: name : Bo | area : city centre",
          targets: ["Bo is in the centre.", "In the centre there is Bo."], line: 2),
        TextToTextExample(input: "e2e: name : Al", targets: ["Al, a place."], line: 3),
      ])
    let learnt = try textExamples(of: table, as: .commaSeparated, "e2e", for: .training)
    #expect(learnt.map(\.targets.count) == [1, 1, 1])
    #expect(learnt.map(\.line) == [2, 3, 4])
    #expect(try textExamples(of: table, as: .commaSeparated, "e2e", limit: 1) == [read[0]])
  }

  @Test func `a file without sentences can be read for prediction`() throws {
    let read = try textExamples(
      of: "MR\n\"name[Bo], eatType[pub]\"\n", as: .commaSeparated, "e2e", requireTargets: false)
    #expect(
      read == [TextToTextExample(input: "e2e: name : Bo | eatType : pub", targets: [], line: 2)])
  }

  @Test func `lines of meanings and sentences are read from text files`() throws {
    try withFolder { folder in
      let file = folder.appending(path: "src.txt")
      try Data("name : Bo | near : Al||Bo is near Al . \nname : Bo\n".utf8).write(to: file)
      let task = try #require(TaskDescription.textToText("e2e"))
      #expect(
        complaint { try TextToTextDataset(contentsOf: file, task: task, for: .training) }
          .hasSuffix("src.txt, line 2: a line should read \"meaning||sentence\"."))
      try Data("name : Bo | near : Al||Bo is near Al . \n".utf8).write(to: file)
      let read = try TextToTextDataset(contentsOf: file, task: task, for: .training).examples
      #expect(
        read == [
          TextToTextExample(
            input: "e2e: name : Bo | near : Al", targets: ["Bo is near Al ."], line: 1)
        ])
    }
  }

  @Test(arguments: [
    ("name[a], b c[d e]", "name : a | b c : d e"), ("free text", "free text"), ("", ""),
    ("a[b", "a[b"), ("[x]", " : x"),
  ])
  func `meanings are put in a line`(meaning: String, line: String) {
    #expect(TextToTextReader.linear(meaning) == line)
  }
}
