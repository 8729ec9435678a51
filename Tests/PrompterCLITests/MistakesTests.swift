// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What a user may do wrong, and how the program answers.
///
/// `Snapshots/mistakes.txt` has the commands, the exit codes and the first lines of what is said;
/// RECORD_SNAPSHOTS=1 records both anew.
@Suite(.serialized) struct MistakesTests {
  private static let table = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(components: "Snapshots", "mistakes.txt")
  private static let mistakes = Result { try Mistake.read(table) }
  private static let workshop = Result { try MistakesWorkshop() }

  @Test func `there are at least forty mistakes, each once`() throws {
    let mistakes = try Self.mistakes.get()
    #expect(mistakes.count >= 40)
    #expect(Set(mistakes.map(\.name)).count == mistakes.count)
    #expect(Set(mistakes.map(\.command)).count == mistakes.count)
  }

  @Test(arguments: (try? Self.mistakes.get()) ?? [])
  func `a mistake is answered as recorded`(_ mistake: Mistake) throws {
    let run = try Self.workshop.get().run(mistake.command)
    let lines = run.messages.split(separator: "\n").map(String.init)
    // What was noted before is not what was wrong.
    let first = lines.first { $0.hasPrefix("prompter: ") } ?? lines.first ?? ""
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try mistake.answered(run.status, first).record(in: Self.table)
    } else {
      #expect(run.status == mistake.status)
      #expect(first == mistake.message)
    }
    #expect(first.utf8.count < 500)
    #expect(run.output.isEmpty)
    // Only wrong usage has more lines than its sentence, how the command is used, and what can
    // be done all the same.
    #expect([0, 64].contains(run.status) || lines.last == first)
    #expect(!["Fatal error", "Error(", "0x", ".swift"].contains { run.messages.contains($0) })
  }
}

/// A command that does not do what was meant, and what is said of it.
struct Mistake: Sendable, CustomTestStringConvertible {
  let name: String
  let command: String
  var status: Int32?
  var message = ""

  var testDescription: String { name }

  /// The same mistake with what was said of it.
  func answered(_ status: Int32, _ message: String) -> Mistake {
    Mistake(name: name, command: command, status: status, message: message)
  }

  /// The mistakes of a table, in which an empty line follows each.
  static func read(_ table: URL) throws -> [Mistake] {
    try String(contentsOf: table, encoding: .utf8).split(separator: "\n\n").map { part in
      let lines = part.split(separator: "\n").map { String($0.dropFirst(2)) }
      try #require(lines.count >= 2, "\(part)")
      let answer = (lines.count > 2 ? lines[2] : "").split(separator: " ", maxSplits: 1)
      return Mistake(
        name: lines[0], command: lines[1], status: answer.first.flatMap { Int32($0) },
        message: answer.count > 1 ? String(answer[1]) : "")
    }
  }

  /// Puts the answer into a table.
  func record(in table: URL) throws {
    let text = try Self.read(table).map { mistake in
      let shown = mistake.name == name ? self : mistake
      let answer = shown.status.map { "\n= \($0) \(shown.message)" } ?? ""
      return "# \(shown.name)\n$ \(shown.command)\(answer)\n"
    }.joined(separator: "\n")
    try Data(text.utf8).write(to: table)
  }
}
