// SPDX-License-Identifier: Apache-2.0

import Prompter
import PrompterJSON

/// What became of a query.
struct QueryOutcome: Sendable {
  /// What identifies the query, as it came.
  let id: JSONValue
  /// The line on which the query starts.
  let line: Int
  /// The answer, or a sentence on why there is none.
  let result: Result<Prediction, QueryFailure>
}

/// Some queries, tokenized, those that cannot be answered included.
struct QueryBatch: Sendable {
  private struct Item {
    let id: JSONValue
    let line: Int
    var failure: QueryFailure?
  }

  private let items: [Item]
  private let queries: PreparedQueries

  /// Reads records, checks that their tasks are known and tokenizes their texts.
  ///
  /// - Parameters:
  ///   - records: The records.
  ///   - predictor: Who is asked.
  ///   - task: The prompt that answers where a record names none.
  ///   - firstNumber: How many queries were asked before.
  /// - Throws: Nothing for a record that is no query; that is its outcome.
  init(
    _ records: [QueryRecord], predictor: Predictor, task: String? = nil, firstNumber: Int = 0
  ) throws {
    var queries: [Query] = []
    items = records.map { record -> Item in
      var id = JSONValue.null
      do {
        let line = try QueryLine(record)
        id = line.id
        try line.checkID()
        let name = try line.task() ?? task
        queries.append(try line.query(columns: predictor.queryColumns(of: name), task: name))
        return Item(id: id, line: record.line)
      } catch {
        return Item(id: id, line: record.line, failure: Self.failure(error))
      }
    }
    self.queries = try predictor.prepared(queries, firstNumber: firstNumber)
  }

  /// The number of records.
  var count: Int { items.count }

  /// The number of those that are queries, answered or not.
  var queryCount: Int { queries.count }

  /// What became of the queries of batches, all of which share the work.
  ///
  /// - Returns: An outcome for each record of each batch, in order.
  /// - Throws: What keeps the model from answering anything.
  static func outcomes(
    of batches: [QueryBatch], by predictor: Predictor
  ) throws -> [QueryOutcome] {
    var results = predictor.results(of: PreparedQueries(joining: batches.map(\.queries)))[...]
    return try batches.flatMap(\.items).map { item -> QueryOutcome in
      let result: Result<Prediction, QueryFailure>
      if let failure = item.failure {
        result = .failure(failure)
      } else {
        do { result = .success(try results.removeFirst().get()) } catch let error as PredictionError
        { result = .failure(failure(error)) }
      }
      return QueryOutcome(id: item.id, line: item.line, result: result)
    }
  }

  private static func failure(_ error: any Error) -> QueryFailure {
    QueryFailure(Sentence.shown("\(error)"))
  }
}
