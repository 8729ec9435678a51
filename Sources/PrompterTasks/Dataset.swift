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
/// | `.json` | the same, one list of objects, an object with such a list in it, or one list for each column |
/// | `.tsv` | a header, then rows; tabs separate, quotes mean nothing (as in GLUE) |
/// | `.csv` | a header, then rows; RFC 4180, so a quoted field may hold commas and line ends |
/// | `.label` | TREC's `COARSE:fine question` lines, in ISO 8859-1 unless a line is valid UTF-8 |
///
/// A file without an extension, a `.txt` and what comes through a pipe, as `/dev/stdin` does, is
/// what it begins like: JSON, fastText's `__label__x text`, a table whose rows a tab, comma,
/// semicolon or bar parts alike, or lines of text. In a `.csv` it may be any of these that
/// separates. A ``FileForm`` says what cannot be found, such as the names of columns without a
/// header. Files packed with gzip or Zstandard are unpacked, whatever they are called; before the
/// extension that counts there may be one that says so, as in `train.csv.gz`.
///
/// Lines end in LF or CRLF, the last one need not end, blank lines are skipped and a byte-order
/// mark is ignored. Texts are UTF-8, or UTF-16 if that is marked; a byte that does not fit is an
/// error with its place, and a ``FileForm`` may name another encoding. An escape in JSON that is
/// half of a surrogate pair becomes U+FFFD: it costs one character and not the file. Of equal keys
/// of an object the last holds. A label is taken as it is spelled: `1.0` and `1` are two labels.
public struct Dataset: Sendable {
  /// The examples, in the order of the file.
  public var examples: [Example]

  /// The file that they come from, for messages.
  public var url: URL

  /// What of the file was not read.
  public private(set) var omissions: Omissions

  /// A data set of examples at hand.
  public init(examples: [Example], url: URL) {
    self.init(examples: examples, url: url, omissions: Omissions())
  }

  init(examples: [Example], url: URL, omissions: Omissions) {
    self.examples = examples
    self.url = url
    self.omissions = omissions
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - url: The file; its extension says how it is written.
  ///   - fields: Which columns to read; nil finds them by name, as ``Fields`` says.
  ///   - form: How the file is written, as far as its name and its first bytes do not say so.
  ///   - requireLabels: Whether every example must have a label. Files without labels can be read
  ///     for prediction.
  ///   - limit: Read only the first examples, so many.
  /// - Throws: ``DataError``.
  /// - Complexity: O(bytes), all in memory.
  public init(
    contentsOf url: URL, fields: Fields? = nil, form: FileForm = FileForm(),
    requireLabels: Bool = true, limit: Int? = nil
  ) throws {
    try self.init(
      reading: url,
      ExampleReader(
        file: url.relativePath, fields: fields ?? Fields(), requireLabels: requireLabels,
        limit: max(0, limit ?? .max), form: form))
  }

  /// Reads a file of a task.
  ///
  /// What is known of a preset's published files holds for a preset alone: rows that do not fit
  /// their header are passed over, as by the usual readers of these files, and ``omissions`` says
  /// how many, and so are rows of SNLI and MNLI without a label; a task about two texts takes no
  /// column for one; CoLA's have no header; and MRPC's own files may end in `.txt`.
  ///
  /// - Parameters:
  ///   - url: The file; its extension says how it is written.
  ///   - task: The task; its fields say which columns to read.
  ///   - form: How the file is written, as far as its name and its first bytes do not say so.
  ///   - labelMap: What the task calls labels that the file spells otherwise.
  ///   - requireLabels: Whether every example must have a label.
  ///   - limit: Read only the first examples, so many.
  /// - Throws: ``DataError``.
  /// - Complexity: O(bytes), all in memory.
  public init(
    contentsOf url: URL, task: TaskDescription, form: FileForm = FileForm(),
    labelMap: LabelMap = [:], requireLabels: Bool = true, limit: Int? = nil
  ) throws {
    let published = PublishedFile(preset: task.preset)
    let limit = max(0, limit ?? .max)
    try self.init(
      reading: url, preset: task.preset,
      ExampleReader(
        file: url.relativePath, fields: task.fields, requireLabels: requireLabels,
        limit: published.leavesOutUnlabelled ? .max : limit, requirePair: task.isAboutPairs,
        passesOverBadRows: task.preset != nil, published: published, form: form))
    if published.leavesOutUnlabelled {
      try leaveOutUnlabelled(requireLabels: requireLabels, limit)
    }
    for index in examples.indices {
      examples[index].label = examples[index].label.map { labelMap[$0] }
    }
  }

  // Where labels need not be there, an example stays without one.
  private mutating func leaveOutUnlabelled(requireLabels: Bool, _ limit: Int) throws {
    let bare = examples.indices.filter { examples[$0].label.map(Self.saysNothing) == true }
    if requireLabels, let first = bare.first, bare.count == examples.count {
      throw DataError.missingLabel(file: url.relativePath, line: examples[first].line)
    }
    for index in bare {
      examples[index].label = nil
      if requireLabels { omissions.passOver(line: examples[index].line) }
    }
    if requireLabels { examples.removeAll { $0.label == nil } }
    examples = Array(examples.prefix(limit))
  }

  /// Whether a label says that annotators did not agree on one.
  private static func saysNothing(_ label: String) -> Bool {
    ["-", "-1"].contains { $0.reads(as: label) }
  }

  private init(reading url: URL, preset: String? = nil, _ reader: ExampleReader) throws {
    let bytes = try Self.bytes(of: url)
    var omissions = Omissions()
    let examples = try reader.examples(
      in: bytes, format: reader.form.format ?? DataFormat(of: url, preset: preset),
      noting: &omissions)
    self.init(examples: examples, url: url, omissions: omissions)
  }

  /// The bytes of a file that may hold a text.
  static func bytes(of url: URL) throws -> [UInt8] {
    do {
      let bytes = try fileContents(url.path(percentEncoded: false))
      try KnownBinary.refuse(bytes, file: url.relativePath)
      return try PackedFile.unpacked(bytes, file: url.relativePath)
    } catch let error as FileError {
      throw DataError(error, file: url.relativePath)
    }
  }
}

extension Dataset {
  /// The index of each example's label, for training and evaluation.
  ///
  /// - Throws: ``DataError`` if an example has no label, or one that the space does not know.
  public func labelIndices(in space: LabelSpace) throws -> [Int] {
    try examples.indices.map { try labelIndex(of: $0, in: space) }
  }

  /// The index of one example's label.
  ///
  /// - Throws: As ``labelIndices(in:)`` does.
  func labelIndex(of index: Int, in space: LabelSpace) throws -> Int {
    let example = examples[index]
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
