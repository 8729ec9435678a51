// SPDX-License-Identifier: Apache-2.0

import PrompterJSON

/// The options of `prompter train` that decide a prompt, as its card keeps them: with the same
/// data, model and processor they give the same bits again.
///
/// Where the prompt goes and what is printed decides nothing and is left out. Paths
/// stay as they were given.
struct RecordedOptions: Equatable {
  /// Each option as one word: `--name=value`, or `--name` of a flag.
  let words: [String]

  // What decides nothing of the prompt.
  private static let passedOver: Set = [
    "output", "resume", "overwrite", "config", "json", "quiet", "help", "version",
  ]

  /// The options of a prompt's card.
  init(words: [String]) {
    self.words = words
  }

  /// The options of a command line.
  ///
  /// - Parameters:
  ///   - arguments: The command line after the command's name, with what a file of options says.
  ///   - command: The command.
  ///   - resolved: Values of options that were chosen by what the machine has; those that are given
  ///     stay as they are.
  init(
    arguments: [String], of command: CommandDescription, resolved: [(name: String, value: String)]
  ) {
    var words: [String] = []
    var given: Set<String> = []
    var rest = arguments[...]
    while let word = rest.popFirst() {
      guard word.utf8.starts(with: "--".utf8) else { continue }
      let parts = word.dropFirst(2).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts.first ?? "")
      let isFlag = command.isFlag(name)
      let value = parts.count > 1 ? String(parts[1]) : isFlag ? nil : rest.popFirst()
      guard !Self.passedOver.contains(name) else { continue }
      given.insert(name)
      words.append("--\(name)" + (value.map { "=\($0)" } ?? ""))
    }
    for (name, value) in resolved where !given.contains(name) { words.append("--\(name)=\(value)") }
    self.words = words
  }

  /// The command that repeats the training, as a shell reads it.
  func command(output: String) -> String {
    (["prompter", "train"] + words + ["--output=\(output)"]).map(Self.quoted)
      .joined(separator: " ")
  }

  /// The object of a file for `train --config`.
  var configuration: JSONValue {
    var names: [String] = []
    var values: [String: [String]] = [:]
    for word in words {
      let parts = word.dropFirst(2).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts.first ?? "")
      if values[name] == nil { names.append(name) }
      values[name, default: []] += parts.dropFirst().map(String.init)
    }
    return .object(
      names.map { name in
        let given = values[name] ?? []
        let value: JSONValue =
          given.isEmpty ? .bool(true) : given.count == 1 ? .string(given[0]) : JSONValue(given)
        return JSONValue.Member(name: name, value: value)
      })
  }

  // A word that a shell takes for itself.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-_=:,./@%+".utf8.contains(byte)
      }
    }
    if isPlain, !word.isEmpty { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: #"'\''"#) + "'"
  }
}

extension CommandDescription {
  fileprivate func isFlag(_ name: String) -> Bool {
    options.contains { option in
      option.kind == .flag && (option.names ?? []).contains { $0.kind == "long" && $0.name == name }
    }
  }
}
