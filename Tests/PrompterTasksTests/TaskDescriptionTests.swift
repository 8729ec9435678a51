// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterTasks

@Suite struct TaskDescriptionTests {
  @Test(arguments: [
    ("sst2", DataFormat.tabSeparated, "sentence\tlabel\na charming journey . \t1\n", "1", false),
    (
      "rte", .jsonLines,
      "{\"premise\":\"p\",\"hypothesis\":\"h\",\"label\":\"not_entailment\",\"idx\":0}",
      "not_entailment", true
    ),
    (
      "rte", .tabSeparated, "index\tsentence1\tsentence2\tlabel\n0\tp\th\tentailment\n",
      "entailment", true
    ),
    (
      "cb", .jsonLines, "{\"premise\":\"p\",\"hypothesis\":\"h\",\"label\":\"neutral\",\"idx\":0}",
      "neutral", true
    ),
    (
      "boolq", .jsonLines,
      "{\"question\":\"q\",\"title\":\"t\",\"answer\":true,\"passage\":\"p\"}", "true", true
    ),
    (
      "boolq", .jsonLines, "{\"question\":\"q\",\"passage\":\"p\",\"idx\":3,\"label\":false}",
      "false", true
    ),
    (
      "mrpc", .tabSeparated,
      "\u{FEFF}Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n1\t7\t8\tHe said \"a.\tb\r\n", "1",
      true
    ),
    (
      "mrpc", .jsonLines, "{\"sentence1\":\"a\",\"sentence2\":\"b\",\"label\":0,\"idx\":0}", "0",
      true
    ),
  ])
  func `a preset reads its public files`(
    name: String, format: DataFormat, text: String, label: String, hasPair: Bool
  ) throws {
    let task = try #require(TaskDescription.preset(name))
    let read = try examples(of: text, as: format, fields: task.fields)
    #expect(read.map(\.label) == [label])
    #expect((read.first?.pair != nil) == hasPair)
    #expect(task.preset == name)
  }

  @Test(arguments: [
    ("sst2", DataFormat.tabSeparated, "index\tsentence\n0\ta\n"),
    ("rte", .jsonLines, "{\"premise\":\"p\",\"hypothesis\":\"h\",\"idx\":0}"),
    ("cb", .jsonLines, "{\"premise\":\"p\",\"hypothesis\":\"h\",\"label\":null}"),
    ("boolq", .jsonLines, "{\"question\":\"q\",\"title\":\"t\",\"passage\":\"p\"}"),
    (
      "mrpc", .tabSeparated, "index\t#1 ID\t#2 ID\t#1 String\t#2 String\n0\t7\t8\ta\tb\n"
    ),
  ])
  func `test files without labels can be read for prediction`(
    name: String, format: DataFormat, text: String
  ) throws {
    let task = try #require(TaskDescription.preset(name))
    let read = try examples(of: text, as: format, fields: task.fields, requireLabels: false)
    #expect(read.count == 1)
    #expect(read.first?.label == nil)
    #expect(throws: DataError.self) {
      try examples(of: text, as: format, fields: task.fields)
    }
  }

  @Test func `every listed name is a preset and no other`() {
    #expect(TaskDescription.presetNames.allSatisfy { TaskDescription.preset($0) != nil })
    #expect(TaskDescription.preset("text-classification")?.preset == nil)
    #expect(TaskDescription.preset("summarization") == nil)
    #expect(TaskDescription.preset("mrpc")?.metrics == [.accuracy, .f1])
    #expect(TaskDescription.preset("cb")?.metrics == [.accuracy, .macroF1])
  }

  @Test func `a description survives JSON`() throws {
    var task = try #require(TaskDescription.preset("boolq"))
    task.labels = ["false", "true"]
    let data = try JSONEncoder().encode(task)
    #expect(try JSONDecoder().decode(TaskDescription.self, from: data) == task)
    #expect(String(decoding: data, as: UTF8.self).contains("\"text-classification\""))
  }
}
