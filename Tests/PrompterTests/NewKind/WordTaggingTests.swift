// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterCore
import PrompterJSON
import PrompterTasks
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

/// A kind of task that is added by a folder and a line in the list, and reads several states of a
/// row.
@Suite(.namesValues) struct WordTaggingTests {
  private let validation = ToyWords.tagged(24, seed: 2)

  private func tags(_ query: String, _ predictor: Predictor) throws -> WordTags {
    try #require(predictor.predict([Query(query)])[0].content as? WordTags)
  }

  @Test(arguments: ["plain", "layers", "random", "head-only", "fine-tuning"])
  func `it is trained, saved, read back and asked`(method: String) throws {
    let bench = try PromptBench()
    try ToyWords.added {
      let prompt = try ToyWords.tagger(method)
      #expect(prompt.card.task.kind == WordTagging.name)
      #expect(prompt.card.labels == ["minus", "none", "plus"])
      #expect(prompt.head?.weight.shape == [3, 32])
      let losses = prompt.card.history.map(\.loss)
      #expect(try #require(losses.last) < 0.8 * #require(losses.first))
      let best = try #require(prompt.card.best?.metrics["word_accuracy"])
      #expect(try best > 0.1 + #require(prompt.card.baseline["word_accuracy"]))

      try prompt.write(to: bench.prompt)
      let read = try Prompt(contentsOf: bench.prompt)
      #expect(read.card == prompt.card)
      let queries = validation.examples.map { Query($0.text) }
      let answers = try ToyWords.predictor(read).predict(queries)
      #expect(try answers == ToyWords.predictor(prompt).predict(queries))
      #expect(Set(answers.map(\.answer)).count > 4)
      #expect(
        try ToyWords.predictor(read, threads: 2).evaluate("p", on: validation)
          .metrics["word_accuracy"] == best)
    }
  }

  @Test(arguments: PromptPlacement.allCases)
  func `virtual tokens do not shift what is read`(placement: PromptPlacement) throws {
    let model = try Toy.model()
    let reader = TextReader(
      tokenizer: model.tokenizer, maximumLength: 24,
      within: TextLimits(of: model.backbone, occupiedPositions: 5))
    let row = try #require(
      WordTagging(ToyWords.tagging).rows(of: Question("goodly film \u{1} playing"), by: reader)
        .first)
    // [CLS] good ##ly film play ##ing [SEP]: the control character is no piece.
    let reads = try #require(row.reads)
    #expect(
      reads.map { model.tokenizer.piece(of: row.ids[$0]) } == ["good", "film", "film", "play"])
    let folded = FoldedPrompt(input: Tensor(zeros: [5, 32]), placement: placement)
    let slots = try #require(row.slots(under: folded)).map { Int($0) }
    #expect(slots.map { row.row(under: folded).ids[$0] } == reads.map { row.ids[$0] })
    #expect((slots != reads) == (placement != .beforeEnd))
  }

  @Test func `each word is read at its own piece`() throws {
    try ToyWords.added {
      let predictor = try ToyWords.predictor(try ToyWords.tagger("plain"))
      let answer = try tags("good film bad", predictor)
      #expect(answer.tags.map(\.word) == ["good", "film", "bad"])
      #expect(answer.text == "plus none minus")
      #expect(try tags("bad film good", predictor).text == "minus none plus")
    }
  }

  @Test func `words that are cut off have no tag, and nothing is said of no words`() throws {
    try ToyWords.added {
      let predictor = try ToyWords.predictor(try ToyWords.tagger("random", Toy.plan(.steps(2))))
      let long = Array(repeating: "goodly", count: 20).joined(separator: " ")
      let prediction = try predictor.predict([Query(long)])[0]
      // Of 24 tokens two are special, and each word has two.
      #expect(prediction.isCut)
      #expect((prediction.content as? WordTags)?.tags.count == 11)
      for blank in ["", " \n "] {
        let answer = try tags(blank, predictor)
        #expect(answer.tags.isEmpty && answer.probability == nil && answer.text.isEmpty)
      }
      #expect(throws: PredictionError.unreadable(task: "p", .isPair)) {
        try predictor.predict([Query("good", "bad")])
      }
    }
  }

  @Test func `its answer is told in JSON`() throws {
    let answer = WordTags(tags: [.init(word: "a \"b", tag: "none", probability: 0.5)])
    #expect(
      JSONValue.object(answer.members(top: 1)).line
        == #"{"words":[{"word":"a \"b","tag":"none","probability":0.5}]}"#)
    #expect(answer.probability == 0.5)
  }

  @Test func `an evaluation's scores are what counting gives`() throws {
    try ToyWords.added {
      let predictor = try ToyWords.predictor(try ToyWords.tagger("plain", Toy.plan(.epochs(2))))
      let evaluation = try predictor.evaluate("p", on: validation)
      let (found, right) = (
        try validation.examples.map { try tags($0.text, predictor).tags.map(\.tag) },
        validation.examples.map { ($0.label ?? "").split(separator: " ").map(String.init) }
      )
      let pairs = zip(found.flatMap(\.self), right.flatMap(\.self))
      let count = right.reduce(0) { $0 + $1.count }
      #expect(found.map(\.count) == right.map(\.count))
      #expect(
        evaluation.metrics["word_accuracy"] == Double(pairs.count { $0 == $1 }) / Double(count))
      let most = right.flatMap(\.self).count { $0 == "none" }
      #expect(evaluation.baseline["word_accuracy"] == Double(most) / Double(count))
      #expect(evaluation.examples == 24 && evaluation.labels == ["minus", "none", "plus"])
    }
  }

  @Test func `kept states train the same bits as computing them each time`() throws {
    try ToyWords.added {
      let plan = Toy.plan(.epochs(2)) { ($0.threads, $0.gradientAccumulation) = (2, 2) }
      expectSameTraining(
        try ToyWords.tagger("layers", plan),
        try ToyWords.tagger("layers", plan, cacheMemory: 0))
    }
  }

  @Test func `files are read and what does not fit is refused`() throws {
    let bench = try PromptBench()
    let file = bench.folder.appending(component: "tags.tsv")
    func examples(_ text: String) throws -> Dataset {
      try Data(text.utf8).write(to: file)
      return try WordTagging(ToyWords.tagging).examples(of: ExampleFile(file), for: .training)
    }
    try ToyWords.added {
      let trainer = try Toy.trainer("plain", Toy.plan(.steps(1)))
      let good = try examples("text\tlabel\ngood film\tplus none\nfilm\tnone\n")
      let prompt = try trainer.train(task: ToyWords.tagging, training: good).prompt
      #expect(prompt.card.labels == ["none", "plus"])
      expect("line 3: 2 words have 1 tags") {
        try trainer.train(
          task: ToyWords.tagging,
          training: try examples("text\tlabel\ngood\tplus\nbad film\tminus\n"))
      }
      let other = try examples("text\tlabel\nbad\tminus\n")
      expect("minus") { try ToyWords.predictor(prompt).evaluate("p", on: other) }
    }
  }

  @Test func `its heads are no sequence classifiers, and are trained by steps only`() throws {
    try ToyWords.added {
      let plan = Toy.plan(.steps(1))
      let prompt = try ToyWords.tagger("plain", plan, pooling: .pooler)
      #expect(prompt.peftObstacle?.contains("word-tagging") == true)
      #expect(try !ToyWords.tagger("fine-tuning", plan, pooling: .pooler).isTransformersClassifier)
      #expect(try Toy.train("plain", plan).prompt.peftObstacle == nil)
      expect("heads of word-tagging are trained by steps only") {
        try ToyWords.tagger("head-only", Toy.plan(.converged))
      }
      expect("heads of word-tagging are trained by steps only") {
        try ToyWords.tagger("plain", Toy.plan(.steps(1)) { $0.headStart = .probe })
      }
    }
  }

  @Test func `without its line in the list a prompt of it is refused`() throws {
    let bench = try PromptBench()
    try ToyWords.added {
      try ToyWords.tagger("plain", Toy.plan(.steps(1))).write(to: bench.prompt)
    }
    expect("word-tagging") { try Prompt(contentsOf: bench.prompt) }
  }

  @Test(arguments: [1, 2])
  func `a mixed batch answers each query as its own prompt's predictor does`(
    threads: Int
  ) throws {
    try ToyWords.added {
      let plan = Toy.plan(.steps(4))
      let prompts = [
        ("tags", try ToyWords.tagger("plain", plan)),
        ("classes", try Toy.train("layers", plan).prompt),
        ("tags by input", try ToyWords.tagger("random", plan)),
        (
          "means",
          try Toy.trainer("random", plan, pooling: .mean).train(
            task: Toy.task, training: Toy.training
          ).prompt
        ),
        ("choices", try ToyWords.chooser("plain", plan)),
        ("spans", try ToyWords.comparer("layers", plan)),
        ("spans by input", try ToyWords.comparer("random", plan)),
      ]
      let columns = [
        "choices": #"["good", "the bad", "it"]"#, "start1": "1", "end1": "3", "start2": "0",
        "end2": "1",
      ]
      let queries = validation.examples.flatMap { example in
        prompts.map { Query(example.text, columns: columns, task: $0.0) }
      }
      // With and without a prompt whose head reads a mean, for which all states are computed.
      for own in [prompts, prompts.filter { $0.0 != "means" }] {
        let asked = queries.filter { query in own.contains { $0.0 == query.task } }
        try expectAnswersAlone(asked, of: own, on: Toy.model(), threads: threads)
      }
    }
  }
}
