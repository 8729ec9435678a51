// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// A command with its options, as the argument parser describes it.
struct CommandDescription: Decodable {
  /// An option, a flag or an argument without a name.
  struct Argument: Decodable {
    enum Kind: String, Decodable {
      case positional, option, flag
    }

    struct Name: Decodable {
      var kind: String
      var name: String

      /// As it is typed.
      var typed: String { kind == "long" ? "--" + name : "-" + name }
    }

    var kind: Kind
    var shouldDisplay: Bool
    var sectionTitle: String?
    var isOptional: Bool
    var isRepeating: Bool
    var names: [Name]?
    var valueName: String?
    var defaultValue: String?
    var allValues: [String]?
    var abstract: String?

    /// The name without its dashes, of an option or a flag that has a long one.
    var longName: String? { names?.first { $0.kind == "long" }?.name }
  }

  var commandName: String
  var shouldDisplay: Bool?
  var abstract: String?
  var discussion: String?
  var subcommands: [CommandDescription]?
  var arguments: [Argument]?

  /// The options and flags that have long names.
  var options: [Argument] { (arguments ?? []).filter { $0.longName != nil } }

  /// The commands below that people are shown, but for `help`, which is in every program.
  var shownSubcommands: [CommandDescription] {
    (subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
  }

  /// The whole program.
  static func program() throws -> CommandDescription {
    struct Dump: Decodable {
      var command: CommandDescription
    }
    return try JSONDecoder().decode(Dump.self, from: Data(PrompterCommand._dumpHelp().utf8)).command
  }

  /// The command of a name, right below the program.
  static func command(_ name: String) throws -> CommandDescription? {
    try program().subcommands?.first { $0.commandName == name }
  }
}
