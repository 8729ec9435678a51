// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct ChoiceColumnsTests {
  private func choices(_ row: [String: String], named: String? = nil) throws -> Choices {
    try #require(try ChoiceColumns(named: named).choices(in: row))
  }

  @Test(arguments: [
    ["choice1": "a", "choice2": "b", "choice10": "c"],
    ["ending0": "a", "ending1": "b", "ending2": "c"],
    ["answerA": "a", "answerB": "b", "answerC": "c", "answer": "A"],
    ["sol1": "a", "sol2": "b", "sol3": "c"],
    ["Option_1": "a", "Option_2": "b", "Option_3": "c", "text": "d"],
    ["choice1": "a", "choice2": "b", "choice3": "c", "choice4": " ", "choice5": ""],
  ])
  func `columns of a choice each are in the order of their numbers or letters`(
    row: [String: String]
  ) throws {
    #expect(try choices(row).texts == ["a", "b", "c"])
  }

  @Test(arguments: [
    #"["a", "b", "c"]"#, #"{"text": ["a", "b", "c"], "label": ["X", "Y", "Z"]}"#,
    #"[{"label": "X", "text": "a"}, {"text": "b", "label": "Y"}, {"label": "Z", "text": "c"}]"#,
  ])
  func `a list may be of texts, or of texts with labels`(list: String) throws {
    for name in ["choices", "options", "endings"] {
      let choices = try choices([name: list, "question": "?"])
      #expect(choices.texts == ["a", "b", "c"])
      #expect(try choices.names.isEmpty || choices.place(of: "Y") == 1)
    }
    #expect(try choices(["mine": #"["a", 2]"#, "choices": ""], named: "mine").texts == ["a", "2"])
  }

  @Test func `other columns hold no choices`() throws {
    let row = ["choice": "a", "choicest": "b", "text": "c", "answers": "d", "answer": "e"]
    #expect(try ChoiceColumns().choices(in: row) == nil)
    #expect(!row.keys.contains(where: ChoiceColumns().expects))
    #expect(ChoiceColumns().expects("Choice12") && ChoiceColumns().expects("OPTIONS"))
  }

  @Test func `what is no list, and a blank between choices, is told`() {
    for list in ["", "a", "[1, [2]]", #"{"text": ["a"], "label": []}"#, #"["a", null]"#, "[\"a\""] {
      #expect(throws: ChoiceColumns.Fault.self) { try choices(["choices": list]) }
    }
    func reason(_ row: [String: String]) -> String {
      do throws(ChoiceColumns.Fault) {
        _ = try ChoiceColumns().choices(in: row)
        return "none"
      } catch { return error.reason }
    }
    #expect(
      reason(["choice1": "a", "choice2": "", "choice3": "b"]) == "the choice \"choice2\" is blank")
    #expect(reason(["choices": #"["a", " "]"#]) == "one of the choices is blank")
  }

  @Test func `a label is a number, a letter, a name or the choice itself`() throws {
    let own = try choices(["option1": "x", "option2": "yes", "option3": "no"])
    for (label, place) in [("0", 0), ("2", 2), ("A", 0), ("C", 2), ("option2", 1), ("no", 2)] {
      #expect(try own.place(of: label) == place)
    }
    for label in ["3", "-2", "D", "a", "NO", "option4", "1.0", " 1"] {
      #expect(throws: ChoiceColumns.Fault.self) { try own.place(of: label) }
    }
    // The text of one choice and the number of another.
    let numbers = try choices(["choices": #"["1", "2", "0", "7", "4"]"#])
    #expect(throws: ChoiceColumns.Fault.self) { try numbers.place(of: "1") }
    #expect(try numbers.place(of: "7") == 3 && numbers.place(of: "4") == 4)
    // Of two that read alike either will do.
    #expect(try choices(["choices": #"["b", "b", "1", "1"]"#]).place(of: "b") == 0)
  }
}
