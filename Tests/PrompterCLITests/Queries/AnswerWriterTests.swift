// SPDX-License-Identifier: Apache-2.0

import Prompter
import PrompterJSON
import PrompterMethods
import Testing

@testable import PrompterCLI

@Suite struct AnswerWriterTests {
  private let sample = Prediction(
    task: "mood",
    content: LabelAnswer(["bad", "good", "so, so"], probabilities: [0.05, 0.75, 0.2]))

  private let text = Prediction(
    task: "sum", content: WrittenAnswer(text: "two\n\"lines\"", writtenProbability: 0.5))

  private func writer(_ format: AnswerFormat, top: Int? = nil, texts: Bool = false) -> AnswerWriter
  {
    let task =
      texts
      ? TaskDescription.freeText
      : TaskDescription(
        kind: .textClassification, labels: sample.labels)
    let card = PromptCard(
      method: .headOnly, task: task, promptLength: 0, promptLayers: nil, pooling: .cls,
      maximumLength: 8,
      backbone: PromptCard.BackboneIdentity(
        name: "m", family: "bert", layers: 1, width: 8, parameters: 1, sha256: nil),
      trainableParameters: 0)
    let prompt = Prompt(card: card, folded: FoldedPrompt(), head: nil)
    return AnswerWriter(
      format: format, top: top, prompts: [LoadedPrompt(name: "p", path: "p", prompt: prompt)])
  }

  private func answer(_ prediction: Prediction, id: JSONValue = .spelled("7")) -> QueryOutcome {
    QueryOutcome(id: id, line: 3, results: [QueryResult(answer: .success(prediction))])
  }

  private let failure = QueryOutcome(
    id: .string("a,b"), line: 4,
    results: [QueryResult(answer: .failure(QueryFailure("It is \"no\" query.")))])

  @Test func `an answer has the documented form`() {
    let writer = writer(.jsonl)
    #expect(writer.header == nil)
    #expect(
      writer.line(for: answer(sample)) == """
        {"id":7,"task":"mood","label":"good","probability":0.75,\
        "probabilities":{"bad":0.05,"good":0.75,"so, so":0.2}}
        """)
    #expect(
      writer.line(for: failure)
        == #"{"id":"a,b","line":4,"error":"It is \"no\" query."}"#)
  }

  @Test func `the answers of several tasks stand in one line`() {
    let unknown = QueryResult(task: "x", answer: .failure(QueryFailure("There is none.")))
    let outcome = QueryOutcome(
      id: .spelled("7"), line: 3, results: [QueryResult(answer: .success(sample)), unknown],
      isList: true)
    #expect(
      writer(.jsonl, top: 1).line(for: outcome) == """
        {"id":7,"answers":[{"task":"mood","label":"good","probability":0.75,\
        "probabilities":{"good":0.75}},{"task":"x","error":"There is none."}]}
        """)
    #expect(
      writer(.csv).line(for: outcome) == "7,3,mood,good,0.75,\n7,3,x,,,There is none.")
    #expect(writer(.label).line(for: outcome) == "good\t")
    #expect(!outcome.isAnswered && outcome.failures == [QueryFailure("There is none.")])
  }

  @Test func `the most probable labels are told in their order`() {
    #expect(
      writer(.jsonl, top: 2).line(for: answer(sample)) == """
        {"id":7,"task":"mood","label":"good","probability":0.75,\
        "probabilities":{"good":0.75,"so, so":0.2}}
        """)
    let table = writer(.csv, top: 2)
    #expect(table.header == "id,line,task,label,probability,label_2,probability_2,error")
    #expect(table.line(for: answer(sample)) == "7,3,mood,good,0.75,\"so, so\",0.2,")
    // There are no more ranks than labels.
    #expect(writer(.csv, top: 99).header?.hasSuffix("label_3,probability_3,error") == true)
  }

  @Test func `a table has a row for each query, answered or not`() {
    let table = writer(.csv)
    #expect(table.header == "id,line,task,label,probability,error")
    #expect(table.line(for: answer(sample, id: .null)) == ",3,mood,good,0.75,")
    #expect(table.line(for: failure) == "\"a,b\",4,,,,\"It is \"\"no\"\" query.\"")
    let texts = writer(.csv, texts: true)
    #expect(texts.header == "id,line,task,text,label,probability,error")
    #expect(texts.line(for: answer(text)) == "7,3,sum,\"two\n\"\"lines\"\"\",,0.5,")
    #expect(texts.line(for: failure) == "\"a,b\",4,,,,,\"It is \"\"no\"\" query.\"")
  }

  @Test func `a label alone keeps to its line`() {
    let labels = writer(.label)
    #expect(labels.header == nil)
    #expect(labels.line(for: answer(sample)) == "good")
    #expect(!labels.line(for: answer(text)).contains("\n"))
    #expect(labels.line(for: failure).isEmpty)
  }

  @Test func `people see the most probable label first`() {
    #expect(
      sample.shown() == """
        mood    Probability
        good         0.7500  ###############
        so, so       0.2000  ####
        bad          0.0500  #
        """)
    #expect(sample.shown(top: 1) == "mood  Probability\ngood       0.7500  ###############")
  }
}
