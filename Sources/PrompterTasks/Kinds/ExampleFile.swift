// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// What examples are read for, which may decide how many there are.
public enum ExamplePurpose: Sendable {
  /// An example for each answer to learn: ReCoRD's queries once for each right entity, E2E's
  /// meanings once for each sentence, WSC's sentences only where the span is what is meant.
  case training
  /// An example for each question, with all its right answers.
  case evaluation
}

/// A data file and how it is read.
public struct ExampleFile: Sendable {
  /// The file; its extension says how it is written.
  public var url: URL
  /// How it is written, as far as its name and its first bytes do not say so.
  public var form: FileForm
  /// What the task calls labels that the file spells otherwise.
  public var labelMap: LabelMap
  /// Whether every example must have an answer.
  public var requiresAnswers: Bool
  /// Read only the first examples, so many.
  public var limit: Int?

  /// A file to be read as it is.
  public init(
    _ url: URL, form: FileForm = FileForm(), labelMap: LabelMap = [:],
    requiresAnswers: Bool = true, limit: Int? = nil
  ) {
    self.url = url
    self.form = form
    self.labelMap = labelMap
    self.requiresAnswers = requiresAnswers
    self.limit = limit
  }

  /// The most examples to be read.
  var mostExamples: Int { max(0, limit ?? .max) }

  /// The file's text, unpacked, in the form that it has.
  ///
  /// - Throws: ``DataError`` if it cannot be had.
  func text() throws -> DataText {
    try DataText(
      Dataset.bytes(of: url), format: DataFormat(of: url), form: form, file: url.relativePath)
  }
}
