// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterTasks

@Suite struct TextTemplateTests {
  @Test func `columns are put in where they are named`() throws {
    let template = try TextTemplate("q: {question} {{c}}: {context}{question}")
    #expect(template.columns == ["question", "context"])
    #expect(
      template.text(["question": "why {context}?", "context": "so"])
        == "q: why {context}? {c}: sowhy {context}?")
    #expect(template.text([:]) == "q:  {c}: ")
  }

  @Test(arguments: ["", "{a}", "plain", "{{}}", "x {a} {b}{c} y", "{{{a}}}", "{é ü}"])
  func `a template's description is a template that means the same`(text: String) throws {
    let template = try TextTemplate(text)
    #expect(template.description == text)
    #expect(try TextTemplate(template.description) == template)
    let data = try JSONEncoder().encode([template])
    #expect(try JSONDecoder().decode([TextTemplate].self, from: data) == [template])
  }

  @Test(arguments: [
    ("boolq passage: {passage}", "passage: {passage}"), ("summarize: {article}", "{article}"),
    ("{input}", "{input}"), ("word", "word"), ("{a} b {c}", "{a} b {c}"),
  ])
  func `the name is the first word`(text: String, rest: String) throws {
    #expect(try TextTemplate(text).withoutName.description == rest)
  }

  @Test(arguments: [
    ("{a", "a brace is never closed"), ("a}", "a brace is closed that was never opened"),
    ("{}", "a column has no name"), ("{a{b}", "a column has no name"),
  ])
  func `braces without partners are refused`(text: String, reason: String) {
    #expect(
      complaint { try TextTemplate(text) }
        == "The template \"\(text)\" cannot be read: \(reason).")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([TextTemplate].self, from: JSONEncoder().encode([text]))
    }
  }
}
