// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterJSON
import PrompterKernels

/// A file that `--config` names: a JSON object whose keys are the names of the command's options.
///
/// ```json
/// { "task": "sst2", "train": "train.tsv", "epochs": 10, "no-shuffle": true,
///   "field": { "text": "sentence" } }
/// ```
///
/// What stands on the command line counts instead of what the file says of it. Paths are those of
/// the folder where the program runs, as on the command line.
struct ConfigurationFile {
  private let path: String
  private let members: [(name: String, value: JSON)]

  /// Reads the file.
  ///
  /// - Throws: `FileError` if there is none, ``ConfigurationError`` if it is no JSON object.
  init(path: String) throws {
    self.path = path
    let file = try MappedFile(path: path)
    do {
      guard case .object(let members) = try JSON(file.bytes(in: 0..<file.count)) else {
        throw ConfigurationError("\(path) should hold a JSON object, from options to values.")
      }
      self.members = members.map { ($0.key, $0.value) }
    } catch let failure as JSONScanner.Failure {
      throw ConfigurationError(
        "\(path), byte \(failure.position): found \(failure.foundInWords), expected "
          + "\(failure.expectedInWords).")
    }
  }

  /// The command line with the file's options put before its own.
  ///
  /// - Parameter arguments: The command line, without the program's name.
  /// - Returns: The same if it names no file.
  /// - Throws: What ``init(path:)`` throws; ``ConfigurationError`` if the file says what the
  ///   command has no option for; ``UsageError`` if several files are named.
  static func expanded(_ arguments: [String]) throws -> [String] {
    guard let name = arguments.first, let path = try path(in: arguments),
      let command = try CommandDescription.command(name),
      command.options.contains(where: { $0.longName == "config" })
    else { return arguments }
    let rest = Array(arguments.dropFirst())
    return try [name] + ConfigurationFile(path: path).arguments(of: command, besides: rest) + rest
  }

  // The file that is named, if one is; what is wrong with the option itself the parser says.
  private static func path(in arguments: [String]) throws -> String? {
    let own = arguments.prefix { $0 != "--" }
    var paths = own.compactMap { argument in
      argument.hasPrefix("--config=") ? String(argument.dropFirst("--config=".count)) : nil
    }
    for index in own.indices where own[index] == "--config" {
      if own.indices.contains(index + 1) { paths.append(own[index + 1]) }
    }
    guard paths.count <= 1 else {
      throw UsageError("Give --config once, not \(paths.count) times.")
    }
    return paths.first
  }

  // Two ways to say one thing: on the command line either stands for both.
  private static let alternatives = [
    ["epochs", "steps"], ["resume", "overwrite"], ["validation", "validation-split", "folds"],
  ]

  private func arguments(of command: CommandDescription, besides rest: [String]) throws -> [String]
  {
    let given = Set(
      rest.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }.map { argument in
        String(argument.dropFirst(2).prefix { $0 != "=" })
      })
    let replaced = Self.alternatives.filter { !given.isDisjoint(with: $0) }.joined()
    let known = command.options.filter(\.shouldDisplay).filter {
      !["config", "help", "version"].contains($0.longName)
    }
    var words: [String] = []
    for (index, (name, value)) in members.enumerated() {
      guard let option = known.first(where: { $0.longName == name }) else {
        let names = known.compactMap(\.longName)
        let guess = closestName(to: name, among: names).map { "; did you mean `\($0)`?" } ?? "."
        throw ConfigurationError("\(path): there is no option `\(Self.shown(name))`\(guess)")
      }
      let values = try texts(of: value, for: option, name)
      // As everywhere, the last one of equal keys counts.
      guard !members[(index + 1)...].contains(where: { $0.name == name }) else { continue }
      if !given.contains(name), !replaced.contains(name) { words += values }
    }
    return words
  }

  // The words that say on the command line what a member says.
  private func texts(
    of value: JSON, for option: CommandDescription.Argument, _ name: String
  ) throws -> [String] {
    if option.kind == .flag {
      guard let isOn = value.bool else {
        throw unusable(name, value, expected: "true or false")
      }
      return isOn ? ["--\(name)"] : []
    }
    if let text = Self.text(of: value) { return ["--\(name)=\(text)"] }
    guard option.isRepeating else {
      throw unusable(name, value, expected: "a string or a number")
    }
    switch value {
    case .array(let values):
      return try values.map {
        guard let text = Self.text(of: $0) else {
          throw unusable(name, $0, expected: "strings in its list")
        }
        return "--\(name)=\(text)"
      }
    case .object(let members):
      return try members.map {
        guard let text = Self.text(of: $0.value) else {
          throw unusable(name, $0.value, expected: "strings in its object")
        }
        return "--\(name)=\($0.key)=\(text)"
      }
    default: throw unusable(name, value, expected: "a string, a list or an object")
    }
  }

  private func unusable(_ name: String, _ value: JSON, expected: String) -> ConfigurationError {
    ConfigurationError("\(path): `\(name)` is \(value.summary); it should be \(expected).")
  }

  private static func text(of value: JSON) -> String? {
    switch value {
    case .string(let text): text
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    default: nil
    }
  }

  private static func shown(_ name: String) -> String { Text.clipped(name, to: 60) }
}

/// What is wrong with a configuration file, told in one sentence.
struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
