// SPDX-License-Identifier: Apache-2.0

import Prompter
import PrompterTasks

/// Makes batches of what a reader reads.
struct QueryInput: Sendable {
  /// Where the queries come from.
  var reader: QueryReader
  /// What messages call it.
  let file: String
  let predictor: Predictor
  /// The prompts that answer where a query names none.
  let tasks: QueryTasks?
  /// The columns that were named on the command line, which a table must have.
  let columns: [(name: String, column: String)]
  let clock: WorkClock

  private var asked = 0
  private var isChecked = false

  init(
    _ reader: QueryReader, file: String, predictor: Predictor, tasks: QueryTasks?,
    columns: [(name: String, column: String)], clock: WorkClock
  ) {
    (self.reader, self.file, self.predictor) = (reader, file, predictor)
    (self.tasks, self.columns, self.clock) = (tasks, columns, clock)
  }

  /// The next batch, nil at the end.
  mutating func next(atMost limit: Int) throws -> QueryBatch? {
    let records = try reader.next(atMost: limit)
    clock.begin(records.count)
    if let header = reader.header, !isChecked {
      try check(header)
      isChecked = true
    }
    guard !records.isEmpty else { return nil }
    let batch = try QueryBatch(records, predictor: predictor, tasks: tasks, firstNumber: asked)
    asked += batch.queryCount
    return batch
  }

  // One sentence about a table is better than one about each row.
  private func check(_ header: TableHeader) throws {
    func isThere(_ name: String) -> Bool { header.position(of: name) != nil }
    func error(_ field: String, _ names: [String]) -> DataError {
      .missingColumn(file: file, field: field, expected: names, found: header.names)
    }
    // A query needs no answer, and choices may be in columns whose names only begin so.
    let others = ["label", "target", "choices"]
    for (name, column) in columns where !others.contains(name) {
      if !isThere(column) { throw error(name, [column]) }
    }
    let missing = try predictor.names.map {
      try predictor.queryColumns(of: $0).missing(among: isThere)
    }
    guard missing.allSatisfy({ $0 != nil }), let first = missing.first ?? nil else { return }
    let problem = error(first.field, first.columns)
    // Where there is a text but not its partner, there is a header.
    guard first.field == "text" else { throw problem }
    throw problem.ofHeader { Fields.isUsual($0) || ["id", "task"].contains($0.lowercased()) }
  }
}
