// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterKernels

/// The examples of one file.
///
/// The file's extension says how it is written:
///
/// | extension | form |
/// | --- | --- |
/// | `.jsonl`, `.ndjson` | one JSON object a line |
/// | `.json` | the same, or one array of objects |
/// | `.tsv` | a header, then rows; tabs separate, quotes mean nothing (as in GLUE) |
/// | `.csv` | a header, then rows; RFC 4180, so a quoted field may hold commas and line ends |
/// | `.label` | TREC's `COARSE:fine question` lines, in ISO 8859-1 unless a line is valid UTF-8 |
///
/// What comes through a pipe without such a name, as `/dev/stdin` does, is JSON if it begins so, and
/// else a table: with tabs if its header has one.
///
/// Lines end in LF or CRLF, the last one need not end, blank lines are skipped and a byte-order
/// mark is ignored. Bytes that are not UTF-8 become U+FFFD, and so does an escape in JSON that is half of
/// a surrogate pair: a stray byte costs one character and not the file. Of equal keys of an object
/// the last holds. A label is taken as it is spelled: `1.0` and `1` are two labels.
public struct Dataset: Sendable {
  /// The examples, in the order of the file.
  public var examples: [Example]

  /// The file that they come from, for messages.
  public var url: URL

  /// The columns of the file that the examples were read from; nil for examples at hand, and for a
  /// format without columns.
  public var columns: Fields? { omissions.read }

  /// What of the file was not read.
  public private(set) var omissions = Omissions()

  /// A data set of examples at hand.
  public init(examples: [Example], url: URL) {
    self.examples = examples
    self.url = url
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - url: The file; its extension says how it is written.
  ///   - fields: Which columns to read; nil finds them by name, as ``Fields`` says.
  ///   - requireLabels: Whether every example must have a label. Files without labels can be read
  ///     for prediction.
  ///   - limit: Read only this many examples.
  /// - Throws: ``DataError``.
  /// - Complexity: O(bytes), all in memory.
  public init(
    contentsOf url: URL, fields: Fields? = nil, requireLabels: Bool = true, limit: Int? = nil
  ) throws {
    try self.init(
      reading: url, format: DataFormat(of: url),
      ExampleReader(
        file: url.relativePath, fields: fields ?? Fields(), requireLabels: requireLabels,
        limit: max(0, limit ?? .max)))
  }

  /// Reads a file of a task.
  ///
  /// What is known of a preset's published files holds for a preset alone: rows that do not fit their
  /// header are passed over, as by the usual readers of these files, and ``omissions`` says how many;
  /// a task about two texts takes no column for one; and MRPC's own files may end in `.txt`.
  ///
  /// - Parameters:
  ///   - url: The file; its extension says how it is written.
  ///   - task: The task; its fields say which columns to read.
  ///   - labelMap: What the task calls labels that the file spells otherwise.
  ///   - requireLabels: Whether every example must have a label.
  ///   - limit: Read only this many examples.
  /// - Throws: ``DataError``.
  /// - Complexity: O(bytes), all in memory.
  public init(
    contentsOf url: URL, task: TaskDescription, labelMap: LabelMap = [:],
    requireLabels: Bool = true, limit: Int? = nil
  ) throws {
    try self.init(
      reading: url, format: DataFormat(of: url, preset: task.preset),
      ExampleReader(
        file: url.relativePath, fields: task.fields, requireLabels: requireLabels,
        limit: max(0, limit ?? .max), requirePair: task.isAboutPairs,
        passesOverBadRows: task.preset != nil))
    for index in examples.indices {
      examples[index].label = examples[index].label.map { labelMap[$0] }
    }
  }

  private init(reading url: URL, format: DataFormat?, _ reader: ExampleReader) throws {
    let bytes = try Self.bytes(of: url)
    var omissions = Omissions()
    let examples = try reader.examples(
      in: bytes, format: format ?? DataFormat(ofStream: bytes), noting: &omissions)
    self.init(examples: examples, url: url)
    self.omissions = omissions
  }

  static func bytes(of url: URL) throws -> [UInt8] {
    do {
      return try fileContents(url.path(percentEncoded: false))
    } catch {
      throw DataError(error, file: url.relativePath)
    }
  }
}

extension Dataset {
  /// The distinct labels in the order of their indices: numbers by value, anything else by
  /// spelling.
  public var labels: [String] {
    LabelSpace.ordered(examples.lazy.compactMap(\.label))
  }

  /// The index of each example's label, for training and evaluation.
  ///
  /// - Throws: ``DataError`` if an example has no label, or one that the space does not know.
  public func labelIndices(in space: LabelSpace) throws -> [Int] {
    try examples.map { example in
      guard let label = example.label else {
        throw DataError.missingLabel(file: url.relativePath, line: example.line)
      }
      guard let index = space.firstIndex(of: label) else {
        throw DataError.unknownLabel(
          file: url.relativePath, line: example.line, label: label, known: space.labels)
      }
      return index
    }
  }
}
