// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter

/// What somebody may have meant who typed a command or an option that there is not.
struct Suggestion {
  private let program: CommandDescription
  /// The commands that were typed, the program first.
  private let path: [CommandDescription]
  /// The first word after them, if it ought to be a command.
  private let strayWord: String?
  private let rest: [String]

  /// Follows the commands on a command line.
  init(program: CommandDescription, arguments: [String]) {
    self.program = program
    var path = [program]
    var rest = arguments[...]
    if rest.first == "help" { rest.removeFirst() }
    while let word = rest.first, let last = path.last, !last.shownSubcommands.isEmpty,
      let next = last.subcommands?.first(where: { $0.commandName == word })
    {
      path.append(next)
      rest.removeFirst()
    }
    (self.path, self.rest) = (path, Array(rest))
    let needsCommand = path.last?.shownSubcommands.isEmpty == false
    strayWord = needsCommand ? rest.first.flatMap { $0.hasPrefix("-") ? nil : $0 } : nil
  }

  /// A sentence on a command that there is not, if that is what is wrong.
  var unknownCommand: String? {
    guard let strayWord, let command = path.last else { return nil }
    let names = command.shownSubcommands.map(\.commandName)
    let place = path.map(\.commandName).joined(separator: " ")
    let sentence = "`\(place)` has no command `\(strayWord)`"
    if let name = closestMatch(to: strayWord, among: names) {
      return "\(sentence). Did you mean `\(place) \(name)`?"
    }
    // What stands one level deeper, as in `prompter inspect`.
    let deeper = command.shownSubcommands.first { inner in
      inner.shownSubcommands.contains { $0.commandName == strayWord }
    }
    if let deeper {
      return "\(sentence). Did you mean `\(place) \(deeper.commandName) \(strayWord)`?"
    }
    return "\(sentence); its commands are \(names.joined(separator: ", "))."
  }

  /// The first option on the command line that the command does not have, with its dashes.
  var unknownOption: String? {
    let known = Set((path.last ?? program).options.compactMap(\.longName))
    return rest.prefix { $0 != "--" }.lazy.filter { $0.hasPrefix("--") }
      .map { String($0.prefix { $0 != "=" }) }.first { !known.contains(String($0.dropFirst(2))) }
  }

  /// What to say of an option that the command does not have, if anything is like it.
  ///
  /// - Parameter option: What was typed, with its dashes.
  /// - Returns: A sentence, or nil.
  func hint(for option: String) -> String? {
    let typed = String(option.drop { $0 == "-" })
    if let name = nearestOption(to: typed) { return "Did you mean '--\(name)'?" }
    let others = Self.commands(below: program, path: program.commandName).filter { _, command in
      command.options.contains { $0.longName == typed }
    }
    guard !others.isEmpty else { return nil }
    return "It is an option of \(others.map { "`\($0.path)`" }.joined(separator: ", "))."
  }

  private func nearestOption(to typed: String) -> String? {
    let names = (path.last ?? program).options.filter(\.shouldDisplay).compactMap(\.longName)
    return closestName(to: typed, among: names)
  }

  private static func commands(
    below command: CommandDescription, path: String
  ) -> [(path: String, command: CommandDescription)] {
    command.shownSubcommands.flatMap { inner in
      let path = "\(path) \(inner.commandName)"
      return [(path, inner)] + commands(below: inner, path: path)
    }
  }
}

/// The option's name most like what somebody typed, or nil if none is.
///
/// Misspelt; or some of the name's words, as in `batch`; or more than them, as in
/// `num_train_epochs`; or their initials, as in `lr`.
func closestName(to typed: String, among names: [String]) -> String? {
  if let name = closestMatch(to: typed, among: names) { return name }
  func words(_ name: String) -> [Substring] {
    name.lowercased().split { $0 == "-" || $0 == "_" }
  }
  let given = words(typed)
  guard !given.isEmpty else { return nil }
  let containing = names.filter { Set(words($0)).isSuperset(of: given) }
  if let shortest = containing.min(by: { words($0).count < words($1).count }) { return shortest }
  let contained = names.filter { Set(given).isSuperset(of: words($0)) }
  if let longest = contained.max(by: { $0.count < $1.count }) { return longest }
  guard given.count == 1, typed.count > 1 else { return nil }
  return names.first { String(words($0).compactMap(\.first)) == typed.lowercased() }
}
