// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterCore
import PrompterTestSupport
import Testing

@testable import PrompterCLI

/// Lines of queries, damaged: each line has its answer or its error, in order.
@Suite struct QueryLineMutationTests {
  private func predictor() throws -> Predictor {
    let model = try PretrainedModel(contentsOf: fixtures.appending(path: "text/model"))
    let prompt = try Prompt(contentsOf: fixtures.appending(path: "text/peft-prompt"))
    var predictor = try Predictor(
      model: model, prompts: [("a", prompt), ("b", prompt)], threads: 1, isPinned: false)
    predictor.maximumTargetLength = 1
    return predictor
  }

  @Test func `mutated lines are answered or told what is wrong`() throws {
    let predictor = try predictor()
    let writer = AnswerWriter(format: .jsonl, top: nil, prompts: [])
    let sound = Array(
      """
      {"id":7,"task":"a","text":"good"}
      {"id":"x","task":"b","text":"a\\u00e9\\ud83d\\ude00","pair":"b","more":[1,{"a":null}]}
      {"id":1.5,"text":"no task"}
      """.utf8)
    var mutations = Mutations(seed: 1, tokens: ["\"text\":", "\"task\":\"b\"", "\"id\":"])
    for _ in 0..<Mutations.count(300, part: 2) {
      let text = String(decoding: mutations.damaged(sound), as: UTF8.self)
      for format in QueryFormat.allCases {
        var reader = QueryReader(text: text, as: format)
        let records: [QueryRecord]
        do {
          records = try reader.next(atMost: .max)
        } catch is DataError {
          // A header that cannot be read ends a table.
          #expect(format == .csv || format == .tsv)
          continue
        }
        let batch = try QueryBatch(records, predictor: predictor, tasks: .one("a"))
        let outcomes = try QueryBatch.outcomes(of: [batch], by: predictor)
        #expect(outcomes.map(\.line) == records.map(\.line))
        for outcome in outcomes {
          let line = writer.line(for: outcome)
          #expect(!line.utf8.contains { $0 < 0x20 }, "\(line)")
        }
      }
    }
  }
}
