// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterTasks

/// Reads bytes as a file of a format, without a file.
func examples(
  of bytes: [UInt8], as format: DataFormat?, fields: Fields = Fields(), requireLabels: Bool = true,
  limit: Int = .max, form: FileForm = FileForm()
) throws -> [Example] {
  var omissions = Omissions()
  return try ExampleReader(
    file: "data", fields: fields, requireLabels: requireLabels, limit: limit, form: form
  ).examples(in: bytes, format: format, noting: &omissions)
}

/// Reads a text as a file of a format, without a file.
func examples(
  of text: String, as format: DataFormat?, fields: Fields = Fields(), requireLabels: Bool = true,
  limit: Int = .max, form: FileForm = FileForm()
) throws -> [Example] {
  try examples(
    of: Array(text.utf8), as: format, fields: fields, requireLabels: requireLabels, limit: limit,
    form: form)
}

/// The sentence of the error that reading a text ends in.
func complaint(
  about text: String, as format: DataFormat?, fields: Fields = Fields(), requireLabels: Bool = true
) -> String {
  complaint {
    try examples(of: text, as: format, fields: fields, requireLabels: requireLabels)
  }
}

/// The sentence of the error that work ends in.
func complaint(_ work: () throws -> some Any) -> String {
  do {
    return "no error, but \(try work())"
  } catch {
    return "\(error)"
  }
}

/// Calls `body` with a folder that is gone afterwards.
func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "tasks-\(UUID())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}
