// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import Prompter

extension DataFormat: ExpressibleByArgument {}

extension TextEncoding: ExpressibleByArgument {
  /// An encoding by any of the names that it often goes by.
  public init?(argument: String) {
    let name = argument.lowercased().replacing("_", with: "-")
    let others = [
      "utf8": "utf-8", "iso-8859-1": "latin1", "latin-1": "latin1", "cp1252": "windows-1252",
      "utf16": "utf-16", "utf-16-le": "utf-16le", "utf-16-be": "utf-16be",
    ]
    self.init(rawValue: others[name] ?? name)
  }
}

extension Delimiter: ExpressibleByArgument {
  /// A delimiter as it is written, or the word for it.
  public init?(argument: String) {
    self.init(argument)
  }
}

extension ColumnNames: ExpressibleByArgument {
  /// Names, or names with numbers.
  public init?(argument: String) {
    self.init(argument)
  }
}

/// The options that say how data files are written, where that is not found.
struct FileFormOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How data files are written (default: as their names or what is inside say).",
      valueName: "format"))
  var format: DataFormat?

  @Option(
    help: ArgumentHelp(
      "What separates the columns of a table: a character, or tab, comma, semicolon, bar or space "
        + "(default: found).", valueName: "text"))
  var delimiter: Delimiter?

  @Option(
    help: ArgumentHelp(
      "A file without a header: the names of its columns, as in label,text, where _ is one that is "
        + "not read, or their numbers, as in text=3,label=1.", valueName: "names"))
  var columns: ColumnNames?

  @Option(
    help: ArgumentHelp("The encoding of data files (default: utf-8).", valueName: "encoding"))
  var encoding: TextEncoding?

  @Option(
    help: ArgumentHelp(
      "JSON: the member that holds the rows, as in data.train (default: the only list of rows).",
      valueName: "path"))
  var records: String?

  /// What was said.
  var form: FileForm {
    FileForm(
      format: format, delimiter: delimiter, columns: columns, encoding: encoding,
      records: records)
  }
}
