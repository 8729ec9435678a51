// SPDX-License-Identifier: Apache-2.0

public import Foundation

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
/// Lines end in LF or CRLF, the last one need not end, blank lines are skipped and a byte-order
/// mark is ignored. Bytes that are not UTF-8 become U+FFFD: a stray byte costs one character and
/// not the file.
public struct Dataset: Sendable {
  /// The examples, in the order of the file.
  public var examples: [Example]

  /// The file that they come from, for messages.
  public var url: URL

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
    let format = try DataFormat(of: url)
    let reader = ExampleReader(
      file: url.relativePath, fields: fields ?? Fields(), requireLabels: requireLabels,
      limit: max(0, limit ?? .max))
    try self.init(
      examples: reader.examples(in: Self.bytes(of: url), format: format), url: url)
  }

  static func bytes(of url: URL) throws -> [UInt8] {
    let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
    guard attributes?[.type] as? FileAttributeType != .typeDirectory else {
      throw DataError.unreadable(file: url.relativePath, reason: "it is a folder")
    }
    do {
      return try [UInt8](Data(contentsOf: url))
    } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
      throw DataError.fileNotFound(file: url.relativePath)
    } catch CocoaError.fileReadNoPermission {
      throw DataError.unreadable(file: url.relativePath, reason: "permission is denied")
    } catch {
      let reason = error.localizedDescription.trimmingCharacters(in: .punctuationCharacters)
      throw DataError.unreadable(file: url.relativePath, reason: reason)
    }
  }
}

extension Dataset {
  /// The distinct labels in the order of their indices: numbers by value, anything else by
  /// spelling.
  public var labels: [String] {
    LabelSpace.ordered(Set(examples.lazy.compactMap(\.label)))
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
