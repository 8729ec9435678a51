// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTestSupport
import Testing

@testable import PrompterTasks

@Suite struct TaggedObjectsTests {
  private let named: (inout TaskDescription) -> Void = {
    $0.tagging?.names = ["O", "B-X", "I-X"]
  }

  @Test func `lists of words and tags are read, as data sets have them`() throws {
    let read = try Tagging.sentences(
      #"{"id":"1","tokens":["New","York"],"pos_tags":[5,5],"ner_tags":[1,2]}"# + "\n"
        + #"{"id":"2","tokens":[],"pos_tags":[],"ner_tags":[]}"#,
      "a.jsonl", task: Tagging.task(change: named))
    #expect(read.examples.map(\.tags) == [["B-X", "I-X"], []])
    #expect(read.omissions.columns == ["id", "pos_tags"])
    #expect(try Tagging.kind(read, Tagging.task(change: named)).task.labels == ["O", "B-X", "I-X"])
    for (name, tags) in [("words", "tags"), ("tokens", "labels"), ("Tokens", "NER_tags")] {
      let line = #"{"\#(name)":["a"],"\#(tags)":["O"]}"#
      #expect(try Tagging.sentences("[\(line)]", "a.json").examples[0].tags == ["O"])
      #expect(try Tagging.sentences(line, "a").examples[0].tags == ["O"])
    }
    let other = try Tagging.task { $0.fields.label = "pos" }
    #expect(
      try Tagging.sentences(#"{"tokens":["a"],"tags":["O"],"pos":[7]}"#, "a.jsonl", task: other)
        .examples[0].tags == ["7"])
  }

  @Test func `a predicate is a word or its place`() throws {
    let task = try Tagging.task("conll05")
    for predicate in ["1", #""sat""#] {
      let line = #"{"words":["he","sat"],"tags":["B-A0","B-V"],"predicate":\#(predicate)}"#
      #expect(try Tagging.sentences(line, "a.jsonl", task: task).examples[0].predicate == "sat")
    }
    let far = #"{"words":["he","sat"],"tags":["B-A0","B-V"],"predicate":2}"#
    #expect(
      complaint { try Tagging.sentences(far, "a.jsonl", task: task) }
        == "a.jsonl, line 1: the predicate is word 2 of 2, counted from 0.")
  }

  @Test(
    arguments: [
      (#"{"tokens":["a"],"tags":["O","O"]}"#, "a.jsonl, line 1: 1 words have 2 tags."),
      (
        #"{"tokens":["a"]}"#,
        #"a.jsonl has no column for the tags ("ner_tags" or "tags" or "labels"); its columns are "#
          + #""tokens"."#
      ),
      (
        #"{"text":"a","tags":["O"]}"#,
        #"a.jsonl has no column for the words ("tokens" or "words"); its columns are "text", "#
          + #""tags"."#
      ),
      (#"{"tokens":["a"],"tags":[9]}"#, "a.jsonl, line 1: the tag 9 has no name among 3."),
      (
        #"{"tokens":["a"],"tags":["O"]}"# + "\n" + #"{"tokens":["a"],"tags":null}"#,
        "a.jsonl, line 2 has no label, and one is needed here."
      ),
      (
        #"{"tokens":"a","tags":["O"]}"#,
        #"a.jsonl, line 1: the field "tokens" should be a list."#
      ),
    ])
  func `what does not fit is refused in a sentence`(line: String, sentence: String) throws {
    let task = try Tagging.task(change: named)
    #expect(complaint { try Tagging.sentences(line, "a.jsonl", task: task) } == sentence)
  }

  @Test func `mutated objects are read or refused`() throws {
    var mutations = Mutations(seed: 3)
    let text = #"{"tokens":["a","b"],"ner_tags":["O",1]}"# + "\n" + #"{"tokens":[],"ner_tags":[]}"#
    let task = try Tagging.task(change: named)
    for _ in 0..<Mutations.count(600) {
      let bytes = mutations.damaged(Array(text.utf8))
      do {
        let read = try TaggedDataset(
          bytes, of: ExampleFile(URL(filePath: "a.jsonl")), task: task)
        #expect(read.examples.allSatisfy { $0.tags?.count == $0.words.count })
      } catch let error as DataError {
        #expect(!error.description.isEmpty)
      }
    }
  }
}
