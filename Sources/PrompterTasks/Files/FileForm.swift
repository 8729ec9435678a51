// SPDX-License-Identifier: Apache-2.0

/// How a data file is written, where neither its name nor its first bytes say so.
///
/// What is nil is found: the format by the file's extension or else by how it begins, the delimiter
/// by the first rows, UTF-16 by its mark.
///
/// ```swift
/// // Spam or not, a tab, the message; no header.
/// let messages = try Dataset(
///   contentsOf: URL(filePath: "SMSSpamCollection"),
///   form: FileForm(columns: ["label", "text"]))
/// ```
public struct FileForm: Sendable, Equatable {
  /// The format.
  public var format: DataFormat?

  /// What separates the columns of a table.
  public var delimiter: Delimiter?

  /// What the columns of a file without a header are called.
  public var columns: ColumnNames?

  /// What the bytes of the text mean.
  public var encoding: TextEncoding?

  /// Where in a JSON value the rows are: names of members with points between them.
  public var records: String?

  /// A form of which some is known.
  public init(
    format: DataFormat? = nil, delimiter: Delimiter? = nil, columns: ColumnNames? = nil,
    encoding: TextEncoding? = nil, records: String? = nil
  ) {
    self.format = format
    self.delimiter = delimiter
    self.columns = columns
    self.encoding = encoding
    self.records = records
  }
}
