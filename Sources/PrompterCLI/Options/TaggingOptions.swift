// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import Foundation
public import Prompter

extension TaggingDescription.Pieces: ExpressibleByArgument {}

/// The options of tasks that tag words.
struct TaggingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Tags of words: how they say what belongs together, auto, "
        + TagScheme.allCases.map(\.rawValue).joined(separator: ", ")
        + " (default: auto, as the training data have it).", valueName: "scheme"),
    completion: .list(Self.schemes))
  var tagScheme: String?

  @Option(
    help: ArgumentHelp(
      "Tags of words: the pieces of a word that learn its tag (default: first).",
      valueName: "pieces"))
  var labelPieces: TaggingDescription.Pieces?

  @Option(
    help: ArgumentHelp(
      "Tags of words: all there are, in the order of the whole numbers that files have in their "
        + "place, as in O,B-PER,I-PER.", valueName: "names"))
  var tagNames: String?

  private static var schemes: [String] { ["auto"] + TagScheme.allCases.map(\.rawValue) }

  /// A task with what was said.
  ///
  /// - Throws: ``UsageError`` if it is one that tags no words.
  func applied(to task: TaskDescription) throws -> TaskDescription {
    let given = [("tag-scheme", tagScheme), ("label-pieces", labelPieces?.rawValue)]
    guard var tagging = task.tagging else {
      let all = given + [("tag-names", tagNames)]
      if let option = all.first(where: { $0.1 != nil })?.0 {
        throw UsageError("--\(option) is for tasks that tag words, not for \(task.name).")
      }
      return task
    }
    if let tagScheme, tagScheme != "auto" {
      guard let scheme = TagScheme(rawValue: tagScheme) else {
        throw UsageError(
          "--tag-scheme knows \(Self.schemes.joined(separator: ", ")), not `\(tagScheme)`.")
      }
      tagging.scheme = scheme
    }
    if let labelPieces { tagging.pieces = labelPieces }
    if let tagNames {
      let names = tagNames.split(separator: ",", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard names.count > 1, !names.contains(""), Set(names).count == names.count else {
        throw UsageError("--tag-names takes two names or more, each once, as in O,B-PER,I-PER.")
      }
      tagging.names = names
    }
    var task = task
    task.tagging = tagging
    return task
  }
}
