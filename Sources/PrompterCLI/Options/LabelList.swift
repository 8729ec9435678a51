// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter

/// Labels as `--labels` gives them: between commas, or in a file, one a line.
struct LabelList {
  /// The labels in the order of their indices, two at least.
  let labels: [String]

  /// The labels of an option.
  ///
  /// - Throws: ``UsageError`` if they are no list of different labels; `DataError` for a file that
  ///   cannot be read.
  init(_ option: String) throws {
    let isFile = option.hasPrefix("@")
    let source = isFile ? String(option.dropFirst()) : "--labels"
    let parts =
      isFile
      ? try Self.lines(of: source)
      : option.split(
        separator: ",", omittingEmptySubsequences: false
      ).map(String.init)
    labels = parts.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    if let empty = labels.firstIndex(of: "") {
      throw UsageError("\(source): label \(empty + 1) is empty.")
    }
    guard labels.count > 1 else {
      throw UsageError("\(source) names one label; at least two are needed, as in neg,pos.")
    }
    do { _ = try LabelSpace(labels) } catch let error as DataError {
      throw UsageError("\(source): \(error)")
    }
  }

  private static func lines(of path: String) throws -> [String] {
    try Dataset(
      contentsOf: URL(filePath: path), form: FileForm(format: .lines), requireLabels: false
    ).examples.map(\.text)
  }
}
