// SPDX-License-Identifier: Apache-2.0

public import PrompterTasks

/// Why a query cannot be answered.
public enum PredictionError: Error, Equatable, CustomStringConvertible {
  /// No prompt has this name.
  case unknownTask(String, known: [String])
  /// The query names no prompt and there are several.
  case missingTask(known: [String])
  /// Two prompts have the same name.
  case duplicateTask(String)
  /// The data are of another kind than what the prompt answers.
  case otherKind(task: String, isWritten: Bool)
  /// The model cannot read the query.
  case unreadable(task: String, TextProblem)
  /// What the model computes from the query is no number, perhaps because the vector of one of its
  /// tokens is none.
  case notFinite(task: String, token: String?)

  /// One sentence with what was found and what was expected.
  public var description: String {
    switch self {
    case .unknownTask(let name, let known):
      "There is no prompt `\(Self.shown(name))`; the prompts are \(known.joined(separator: ", "))."
    case .missingTask(let known):
      "The query names no task; the tasks are \(known.joined(separator: ", "))."
    case .duplicateTask(let name):
      "Two prompts are named `\(name)`; each needs a name of its own."
    case .otherKind(let task, let isWritten):
      "The prompt `\(task)` answers with \(isWritten ? "texts" : "labels by a head"), the data are "
        + "\(isWritten ? "labelled texts" : "texts with texts for answers")."
    case .unreadable(let task, let problem):
      "The prompt `\(task)` cannot answer: \(problem)."
    case .notFinite(let task, nil):
      "The answer of the prompt `\(task)` is not a finite number: what the model computes from this "
        + "text overflows."
    case .notFinite(let task, let token?):
      "The answer of the prompt `\(task)` is not a finite number: the model's vector of the token "
        + "`\(token)` is not finite."
    }
  }
  // A name comes from a query, which may be anything.
  private static func shown(_ name: String) -> String {
    let scalars = name.unicodeScalars
    return String(scalars.prefix(60)) + (scalars.dropFirst(60).isEmpty ? "" : "…")
  }
}
