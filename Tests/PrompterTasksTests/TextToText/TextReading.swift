// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterTasks

/// Reads a text as a preset's file of a format, without a file.
func textExamples(
  of text: String, as format: DataFormat, _ preset: String,
  for purpose: ExamplePurpose = .evaluation, isNamed: Bool = true,
  requireTargets: Bool = true, limit: Int = .max
) throws -> [TextToTextExample] {
  try textExamples(
    of: Array(text.utf8), as: format, preset, for: purpose, isNamed: isNamed,
    requireTargets: requireTargets, limit: limit)
}

/// Reads bytes as a preset's file of a format, without a file.
func textExamples(
  of bytes: [UInt8], as format: DataFormat, _ preset: String,
  for purpose: ExamplePurpose = .evaluation, isNamed: Bool = true,
  requireTargets: Bool = true, limit: Int = .max
) throws -> [TextToTextExample] {
  let task = try #require(TaskDescription.textToText(preset, isNamed: isNamed))
  return try TextToTextReader(
    file: "data", task: task, purpose: purpose, requireTargets: requireTargets, limit: limit
  ).examples(in: bytes, format: format)
}

extension TextToTextReader {
  /// Reads the examples from the bytes of a file of a format; what is not read does not matter.
  func examples(in bytes: [UInt8], format: DataFormat) throws -> [TextToTextExample] {
    var omissions = Omissions()
    return try examples(in: bytes, format: format, noting: &omissions)
  }
}

/// What is not read of a text that is a preset's file of a format.
func textOmissions(
  of text: String, as format: DataFormat, _ preset: String
) throws -> Omissions {
  let task = try #require(TaskDescription.textToText(preset))
  var omissions = Omissions()
  _ = try TextToTextReader(
    file: "data", task: task, purpose: .evaluation, requireTargets: true, limit: .max
  ).examples(in: Array(text.utf8), format: format, noting: &omissions)
  return omissions
}
