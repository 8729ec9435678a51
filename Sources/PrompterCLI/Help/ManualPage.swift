// SPDX-License-Identifier: Apache-2.0

/// A command's page of the manual, in the language of `man`.
struct ManualPage {
  /// The commands from the program to this one.
  private let path: [CommandDescription]
  private let version: String

  /// The page of the last of these commands.
  init(of path: [CommandDescription], version: String) {
    (self.path, self.version) = (path, version)
  }

  /// The pages of a program and of all its commands.
  static func all(of program: CommandDescription, version: String) -> [ManualPage] {
    func pages(_ path: [CommandDescription]) -> [ManualPage] {
      [ManualPage(of: path, version: version)]
        + (path.last?.shownSubcommands ?? []).flatMap { pages(path + [$0]) }
    }
    return pages([program])
  }

  /// The file's name, as in `prompter-train.1`.
  var fileName: String { name + ".1" }

  /// The page.
  var text: String {
    let title = Self.escaped(name)
    var lines = [
      ".TH \"\(title.uppercased())\" 1 \"\" \"prompter \(version)\" \"Prompter\"",
      ".SH NAME", "\(title) \\- \(Self.escaped(String(abstract.prefix { $0 != "." })))",
      ".SH SYNOPSIS",
    ]
    lines += synopsis + [".SH DESCRIPTION"]
    if !abstract.isEmpty { lines.append(Self.escaped(abstract)) }
    let (description, examples) = discussion
    lines += description + commands + options
    if !examples.isEmpty { lines += [".SH EXAMPLES"] + examples }
    return (lines + seeAlso).joined(separator: "\n") + "\n"
  }

  private var command: CommandDescription { path[path.count - 1] }
  private var name: String { path.map(\.commandName).joined(separator: "-") }
  private var abstract: String { command.abstract ?? "" }

  private var synopsis: [String] {
    let arguments = (command.arguments ?? []).filter(\.shouldDisplay)
    var words = ["\\fB\(Self.escaped(path.map(\.commandName).joined(separator: " ")))\\fR"]
    if arguments.contains(where: { $0.isOptional && $0.kind != .positional }) {
      words.append("[\\fIoptions\\fR]")
    }
    words += arguments.filter { !$0.isOptional || $0.kind == .positional }.map { argument in
      let label = Self.label(of: argument)
      return argument.isOptional ? "[\(label)]" : label
    }
    if !command.shownSubcommands.isEmpty { words.append("\\fIcommand\\fR ...") }
    return [words.joined(separator: " ")]
  }

  // A discussion's paragraphs, and its examples, which stand from their heading to the next line
  // that is not indented.
  private var discussion: (description: [String], examples: [String]) {
    var (description, examples): ([String], [String]) = ([], [])
    var isExample = false
    for line in (command.discussion ?? "").split(separator: "\n", omittingEmptySubsequences: false)
    {
      if line == "EXAMPLES" {
        isExample = true
      } else if line.hasPrefix("  ") {
        // A line as it is, in the examples or outside them.
        let text = [".nf", Self.escaped(String(line.dropFirst(2))), ".fi"]
        if isExample { examples += text } else { description += text }
      } else if !line.isEmpty {
        isExample = false
        description += [".PP", Self.escaped(String(line))]
      }
    }
    return (Self.joined(description), Self.joined(examples))
  }

  // Neighbouring lines that are kept as they are, in one block.
  private static func joined(_ lines: [String]) -> [String] {
    var joined: [String] = []
    for line in lines {
      if line == ".nf", joined.last == ".fi" { joined.removeLast() } else { joined.append(line) }
    }
    return joined
  }

  private var commands: [String] {
    guard !command.shownSubcommands.isEmpty else { return [] }
    return [".SH COMMANDS"]
      + command.shownSubcommands.flatMap { inner in
        [".TP", "\\fB\(Self.escaped("\(name)-\(inner.commandName)"))\\fR(1)"]
          + [Self.escaped(inner.abstract ?? "")]
      }
  }

  private var options: [String] {
    let shown = (command.arguments ?? []).filter(\.shouldDisplay)
    func section(_ argument: CommandDescription.Argument) -> String {
      argument.sectionTitle ?? (argument.kind == .positional ? "Arguments" : "Options")
    }
    var titles: [String] = []
    for title in shown.map(section) where !titles.contains(title) { titles.append(title) }
    titles.removeAll { $0 == "Arguments" || $0 == "Options" }
    let all = ["Arguments"] + titles + ["Options"]
    return all.flatMap { title -> [String] in
      let members = shown.filter { section($0) == title }
      guard !members.isEmpty else { return [] }
      return [".SH \(Self.escaped(title.uppercased()))"]
        + members.flatMap { [".TP", Self.label(of: $0), Self.escaped(Self.help(of: $0))] }
    }
  }

  private var seeAlso: [String] {
    var pages = path.count > 1 ? [path.dropLast().map(\.commandName).joined(separator: "-")] : []
    pages += command.shownSubcommands.map { "\(name)-\($0.commandName)" }
    guard !pages.isEmpty else { return [] }
    return [".SH SEE ALSO", pages.map { "\\fB\(Self.escaped($0))\\fR(1)" }.joined(separator: ", ")]
  }

  private static func label(of argument: CommandDescription.Argument) -> String {
    let value = "\\fI\(escaped(argument.valueName ?? "value"))\\fR"
    guard let names = argument.names, !names.isEmpty else { return value }
    let typed = names.map { "\\fB\(escaped($0.typed))\\fR" }.joined(separator: ", ")
    return argument.kind == .flag ? typed : "\(typed) \(value)"
  }

  private static func help(of argument: CommandDescription.Argument) -> String {
    var parts = [argument.abstract ?? ""].filter { !$0.isEmpty }
    var facts: [String] = []
    if let values = argument.allValues, !values.isEmpty {
      facts.append("values: \(values.joined(separator: ", "))")
    }
    if let value = argument.defaultValue, argument.kind != .flag {
      facts.append("default: \(value)")
    }
    if !facts.isEmpty { parts.append("(\(facts.joined(separator: "; ")))") }
    return parts.joined(separator: " ")
  }

  /// A line's text as `man` shows it: hyphens that can be copied, nothing that is a command.
  static func escaped(_ text: String) -> String {
    var text = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    if text.hasPrefix(".") || text.hasPrefix("'") { text = "\\&" + text }
    return text
  }
}
