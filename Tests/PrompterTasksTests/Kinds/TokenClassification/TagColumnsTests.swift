// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTestSupport
import Testing

@testable import PrompterTasks

@Suite struct TagColumnsTests {
  private func tags(_ examples: TaggedDataset) -> [String?] {
    examples.examples.indices.map { examples.label(at: $0) }
  }

  @Test func `CoNLL-2003's columns are read`() throws {
    let text = """
      -DOCSTART- -X- -X- O

      EU NNP B-NP B-ORG
      rejects VBZ B-VP O

      # # B-NP O
      -DOCSTART- -X- O O

      Peter NNP B-NP B-PER

      """
    let read = try Tagging.sentences(text, "eng.train", task: Tagging.task("conll03"))
    #expect(read.examples.map(\.text) == ["EU rejects", "#", "Peter"])
    #expect(tags(read) == ["B-ORG O", "O", "B-PER"])
    #expect(read.examples.map(\.line) == [3, 6, 9])
    #expect(read.examples[0].ranges == [0..<2, 3..<10])
    let chunks = try Tagging.task { $0.fields.label = "3" }
    #expect(try tags(Tagging.sentences(text, task: chunks)).first == "B-NP B-VP")
  }

  @Test func `two columns are read, with tabs or blanks, CRLF and blank lines of blanks`() throws {
    for text in ["New York\tB-X\r\n \r\nis\tO\r\n", "New\u{1}York  B-X\n\t\n is O"] {
      let read = try Tagging.sentences(text, "a.txt")
      #expect(tags(read) == ["B-X", "O"])
      #expect(read.examples[1].line == 3)
    }
    #expect(try Tagging.sentences("New York\tB-X\n", "a").examples[0].words == ["New York"])
    #expect(try Tagging.sentences("a|b|O\n", form: FileForm(delimiter: .bar)).count == 1)
    #expect(try Tagging.sentences("[ O\n", "a").examples[0].words == ["["])
  }

  @Test func `columns are named by a user`() throws {
    let text = "1 NN a O\n2 VB b B-X\n"
    for names in ["text=3,label=4", "3,4", "number,pos,word,tag"] {
      let columns: ColumnNames? = ColumnNames(names)
      let read = try Tagging.sentences(text, form: FileForm(columns: columns))
      #expect(read.examples[0].text == "a b" && tags(read) == ["O B-X"])
    }
    let other = try Tagging.task { ($0.fields.text, $0.fields.label) = ("word", "pos") }
    let names = FileForm(columns: ["number", "pos", "word", "tag"])
    #expect(try tags(Tagging.sentences(text, task: other, form: names)) == ["NN VB"])
  }

  @Test func `comments of other corpora are passed over`() throws {
    let text = "# id 6f domain=en\na _ _ O\nb _ _ B-X\n\n# id 7 domain=en\n# _ _ O\n"
    let read = try Tagging.sentences(text)
    #expect(read.examples.map(\.text) == ["a b", "#"])
    #expect(read.examples[0].line == 2)
  }

  private static let ontoNotes = """
    #begin document (nw/x); part 000
    nw/x 0 0 Bill NNP (TOP(S(NP* - - - - (PERSON* (ARG0* * (12
    nw/x 0 1 Ford NNP *) - - - - *) *) * 12)
    nw/x 0 2 went VBD (VP* go 01 1 - * (V*) * -
    nw/x 0 3 running VBG *) run 02 1 - * (ARG1*) (V*) -
    nw/x 0 4 today NN *)) - - - - (DATE) (ARGM-TMP*) (ARGM-TMP*) -

    nw/x 0 0 Yes UH (TOP*) - - - - * -

    #end document
    """

  @Test func `OntoNotes' names are read from brackets`() throws {
    for (name, task) in [("a.v4_gold_conll", "token-classification"), ("a.txt", "ontonotes")] {
      let read = try Tagging.sentences(Self.ontoNotes, name, task: Tagging.task(task))
      #expect(read.examples.map(\.text) == ["Bill Ford went running today", "Yes"])
      #expect(tags(read) == ["B-PERSON I-PERSON O O B-DATE", "O"])
    }
  }

  @Test func `CoNLL-2012's arguments are an example for each predicate`() throws {
    let read = try Tagging.sentences(Self.ontoNotes, task: Tagging.task("conll12"))
    #expect(read.examples.map(\.predicate) == ["went", "running"])
    #expect(
      tags(read) == [
        "B-ARG0 I-ARG0 B-V B-ARG1 B-ARGM-TMP", "O O O B-V B-ARGM-TMP",
      ])
    #expect(read.omissions.rowCount == 1 && read.omissions.firstLine == 8)
    #expect(
      read.omissions.rowSentence == "the sentence on line 8 was passed over: it has no predicate")
  }

  @Test func `CoNLL-2005's columns and lines are read`() throws {
    let task = try Tagging.task("conll05")
    let columns = "The - (A0*\ncat - *)\nsat sit (V*)\n. - *\n"
    let lines = "2 The cat sat . ||| B-A0 I-A0 B-V O\n"
    for text in [columns, lines] {
      let read = try Tagging.sentences(text, "train-set", task: task)
      #expect(read.examples[0].text == "The cat sat ." && read.examples[0].predicate == "sat")
      #expect(tags(read) == ["B-A0 I-A0 B-V O"])
      #expect(read.text(at: 0).pair == "sat")
    }
  }

  @Test(
    arguments: [
      ("a O\nb\n", "data, line 2 has 1 column; the first row has 2."),
      ("a O\n\nb x O\n", "data, line 3 has 3 columns; the first row has 2."),
      ("\na\n", "data, line 2: there is one column, and a word and its tag should stand there."),
      (
        "a (X*\nb *\n",
        "data, line 1: the column of tags opens a bracket that its sentence does "
          + "not close."
      ),
      (
        "a (X*\nb *)\nc *)\n", "data, line 3: the column of tags closes a bracket that is not open."
      ),
      ("\n \n", "data holds no examples."),
    ])
  func `malformed columns are refused in a sentence`(text: String, sentence: String) {
    #expect(complaint { try Tagging.sentences(text, "data") } == sentence)
  }

  @Test func `columns that are not there are refused`() throws {
    let far = try Tagging.task { $0.fields.label = "7" }
    #expect(
      complaint { try Tagging.sentences("a O\n", "data", task: far) }
        == "data, line 1: it has 2 columns, and the tag should stand in column 7.")
    #expect(
      complaint { try Tagging.sentences("a O\n", "data", task: Tagging.task("ontonotes")) }
        == "data, line 1: it has 2 columns, and the tag should stand in column 11.")
    let form = FileForm(format: .commaSeparated)
    #expect(
      complaint { try Tagging.sentences("a,O\n", "data", form: form) }
        == "data is read as a table with commas, where there is no tag for each word.")
    let lines = "3 a b ||| O O\n"
    #expect(
      complaint { try Tagging.sentences(lines, "data", task: Tagging.task("conll05")) }
        == "data, line 1: it should begin with the place of the predicate, 0 to 1.")
  }

  @Test func `words alone are read where no tags are needed`() throws {
    let read = try Tagging.sentences("a\nb\n", requiresAnswers: false)
    #expect(read.examples[0].words == ["a", "b"] && tags(read) == [nil])
    #expect(try Tagging.sentences("a O\n\nb O\n\nc O\n", limit: 2).count == 2)
  }

  @Test(arguments: ["conll03", "conll05", "conll12", "ontonotes"])
  func `mutated columns are read or refused`(preset: String) throws {
    let task = try Tagging.task(preset)
    var mutations = Mutations(seed: preset.count)
    for text in [Self.ontoNotes, "The - (A0*)\nsat\tsit (V*)\n\n", "1 a b ||| O B-V\n"] {
      for _ in 0..<Mutations.count(150) {
        let bytes = mutations.damaged(Array(text.utf8))
        let file = ExampleFile(URL(filePath: "data"))
        do {
          let read = try TaggedDataset(bytes, of: file, task: task)
          for example in read.examples {
            #expect(example.tags?.count == example.words.count)
          }
        } catch let error as DataError {
          #expect(!error.description.isEmpty)
        }
      }
    }
  }
}
