// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Prompter

/// The options of labels that are asked for as words.
struct VerbalizerOptions: ParsableArguments {
  @Option(
    name: .customLong("verbalizer"),
    help: ArgumentHelp(
      "A label's words, which the model's own masked-language-model head is asked for in place of "
        + "a trained head. Once for each label; needs --template. A method that trains a head alone "
        + "then trains nothing.", valueName: "label=word,..."))
  var labels: [String] = []

  @Flag(
    name: .customLong("train-words"),
    help: "With --verbalizer: train that head's rows of the words, too.")
  var trainsWords = false

  var isGiven: Bool { !labels.isEmpty || trainsWords }

  /// Gives a task the words.
  ///
  /// - Throws: ``UsageError`` if they do not go with the task, or are no words.
  func apply(to task: inout TaskDescription, template: TextTemplate?) throws {
    guard !labels.isEmpty else { throw UsageError("--train-words needs --verbalizer.") }
    guard (try task.asked() as? any HeadKind)?.takesVerbalizer == true else {
      throw UsageError("--verbalizer is for tasks that choose a label, and not for \(task.name).")
    }
    guard let template else {
      throw UsageError(
        "--verbalizer needs a --template, as in --template \"{text} It was [MASK].\"")
    }
    task.verbalizer = try Verbalizer(
      template: template, labels: labels.map(Self.label), trainsWords: trainsWords)
  }

  private static func label(_ text: String) throws -> Verbalizer.Label {
    // A label may have an equals sign, a word has none.
    guard let place = text.lastIndex(of: "="), place > text.startIndex else {
      throw UsageError(
        "--verbalizer takes LABEL=WORD, as in --verbalizer positive=great, not `\(text)`.")
    }
    let words = text[text.index(after: place)...].split(
      separator: ",", omittingEmptySubsequences: false)
    return Verbalizer.Label(
      String(text[..<place]),
      words: words.map { $0.trimmingPrefix(while: \.isWhitespace) }
        .map(String.init))
  }
}
