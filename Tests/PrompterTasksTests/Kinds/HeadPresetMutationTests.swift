// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTestSupport
import Testing

@testable import PrompterTasks

/// Published files of tasks that heads answer, damaged: each is read or refused in a sentence.
@Suite struct HeadPresetMutationTests {
  private static let sound: [(preset: String, name: String, text: String)] = [
    ("cola", "d.tsv", "gj04\t1\t\tOur friends.\ngj04\t0\t*\tFriends our.\n"),
    ("mnli", "d.tsv", "sentence1\tsentence2\tgold_label\na\tb\t-\nc\td\tneutral\n"),
    (
      "multirc", "d.jsonl",
      #"{"passage":{"text":"A b.<br>","questions":[{"question":"q","answers":["#
        + #"{"text":"a","label":1},{"text":"b","label":0}]}]}}"#
    ),
    (
      "copa", "d.jsonl",
      #"{"premise":"a","choice1":"b","choice2":"c","question":"cause","label":1}"#
    ),
    (
      "multiple-choice", "d.csv",
      "question,context,choice1,choice2,choice3,label\na,\"b, c\",d,e,,B\nf,,g,h,i,2\n"
    ),
    (
      "multiple-choice", "d.json",
      #"[{"text":"a","choices":["b","c"],"label":1},"#
        + #"{"text":"d","choices":{"text":["e","f"],"label":["X","Y"]},"label":"Y"}]"#
    ),
    (
      "record", "d.jsonl",
      #"{"passage":{"text":"Ann saw Bob","entities":[{"start":0,"end":2},{"start":8,"end":10}]},"#
        + #""qas":[{"query":"@placeholder ran","answers":[{"text":"Ann"}]}]}"#
    ),
    (
      "wic", "d.jsonl",
      #"{"sentence1":"ab c","sentence2":"c d","start1":3,"end1":4,"start2":0,"end2":1,"label":true}"#
    ),
    (
      "wsc", "d.jsonl",
      #"{"text":"Ann told Bob that he ran","target":{"span1_text":"Bob","span1_index":2,"#
        + #""span2_text":"he","span2_index":4},"label":true}"#
    ),
    (
      "span-pair-classification", "d.tsv",
      "text\tpair\tspan1_text\tspan2_text\tspan2_index\tlabel\na b a\tc\tb\tc\t0\tx\n"
    ),
  ]

  @Test(arguments: sound.indices)
  func `mutated files are read or refused`(index: Int) throws {
    let (preset, name, text) = Self.sound[index]
    let kind = try #require(TaskDescription.preset(preset)).asked()
    try withFolder { folder in
      let file = folder.appending(path: name)
      func read(_ bytes: [UInt8], requiresAnswers: Bool) throws -> Int {
        try Data(bytes).write(to: file)
        return try kind.count(in: ExampleFile(file, requiresAnswers: requiresAnswers))
      }
      let count = try read(Array(text.utf8), requiresAnswers: true)
      #expect(count > 0)
      var mutations = Mutations(seed: 100 + index, tokens: ["\"label\":", "\t", ",", "-1", "[]"])
      for _ in 0..<Mutations.count(200) {
        let bytes = mutations.damaged(Array(text.utf8))
        for requiresAnswers in [true, false] {
          do {
            _ = try read(bytes, requiresAnswers: requiresAnswers)
          } catch {
            #expect(error is DataError && "\(error)".hasSuffix("."), "\(error)")
          }
        }
      }
    }
  }
}

extension TaskKind {
  /// The examples of a file, each looked at in every way that training looks at it.
  fileprivate func count(in file: ExampleFile) throws -> Int {
    let examples = try examples(of: file, for: .training)
    if file.requiresAnswers, let task = try? completed(by: examples) {
      try Self(task).check(examples)
    }
    for index in examples.examples.indices {
      _ = (question(of: index, in: examples), examples.text(at: index), examples.label(at: index))
    }
    return examples.count
  }
}
