// SPDX-License-Identifier: Apache-2.0

package import PrompterJSON
package import PrompterTasks

/// What became of a query.
package struct QueryOutcome: Sendable {
  /// What identifies the query, as it came.
  package let id: JSONValue
  /// The line on which the query starts.
  package let line: Int
  /// The answers, or for each a sentence on why there is none.
  package let results: [QueryResult]
  /// Whether the query named a list of tasks, so that its answers are a list.
  package let isList: Bool

  /// An outcome from its parts.
  package init(id: JSONValue, line: Int, results: [QueryResult], isList: Bool = false) {
    (self.id, self.line, self.results, self.isList) = (id, line, results, isList)
  }

  /// Whether all was answered.
  package var isAnswered: Bool { results.allSatisfy { (try? $0.answer.get()) != nil } }

  /// Why not, if not.
  package var failures: [QueryFailure] {
    results.compactMap {
      if case .failure(let failure) = $0.answer { failure } else { nil }
    }
  }
}

/// What a prompt made of a query.
package struct QueryResult: Sendable {
  /// The prompt's name, if it is known.
  package let task: String?
  /// The answer, or a sentence on why there is none.
  package let answer: Result<Prediction, QueryFailure>

  /// What a prompt of a name made of a query.
  package init(task: String? = nil, answer: Result<Prediction, QueryFailure>) {
    (self.task, self.answer) = (task, answer)
  }
}

/// Some queries, tokenized, those that cannot be answered included.
package struct QueryBatch: Sendable {
  private struct Item {
    let id: JSONValue
    let line: Int
    // For each answer why there is none, before anything was computed.
    let failures: [(task: String?, failure: QueryFailure?)]
    var isList = false
  }

  private let items: [Item]
  private let queries: PreparedQueries

  /// Reads records, checks that their tasks are known and tokenizes their texts.
  ///
  /// - Parameters:
  ///   - records: The records.
  ///   - predictor: Who is asked.
  ///   - tasks: The prompts that answer where a record names none.
  ///   - firstNumber: How many queries were asked before.
  /// - Throws: Nothing for a record that is no query; that is its outcome.
  package init(
    _ records: [QueryRecord], predictor: Predictor, tasks: QueryTasks? = nil,
    firstNumber: Int = 0
  ) throws {
    var queries: [(query: Query, task: ResidentTask)] = []
    items = records.map { record -> Item in
      var id = JSONValue.null
      // What is known of one task's query; nil if it can be asked.
      func ask(_ line: QueryLine, _ name: String?) -> QueryFailure? {
        do {
          let task = try predictor.resident(named: name)
          queries.append((try line.query(columns: task.columns, task: name), task))
          return nil
        } catch { return Self.failure(error) }
      }
      do {
        let line = try QueryLine(record)
        id = line.id
        try line.checkID()
        switch try line.tasks() ?? tasks {
        case nil: return Item(id: id, line: record.line, failures: [(nil, ask(line, nil))])
        case .one(let name):
          return Item(id: id, line: record.line, failures: [(nil, ask(line, name))])
        case .several(let names):
          return Item(
            id: id, line: record.line, failures: names.map { ($0, ask(line, $0)) }, isList: true)
        }
      } catch {
        return Item(id: id, line: record.line, failures: [(nil, Self.failure(error))])
      }
    }
    self.queries = predictor.prepared(queries, firstNumber: firstNumber)
  }

  /// The number of records.
  package var count: Int { items.count }

  /// The number of those that are queries, answered or not.
  package var queryCount: Int { queries.count }

  /// What became of the queries of batches, all of which share the work.
  ///
  /// - Returns: An outcome for each record of each batch, in order.
  /// - Throws: What keeps the model from answering anything.
  package static func outcomes(
    of batches: [QueryBatch], by predictor: Predictor
  ) throws -> [QueryOutcome] {
    var results = predictor.results(of: PreparedQueries(joining: batches.map(\.queries)))[...]
    func next() throws -> Result<Prediction, QueryFailure> {
      do { return .success(try results.removeFirst().get()) } catch let error as PredictionError {
        return .failure(failure(error))
      }
    }
    return try batches.flatMap(\.items).map { item in
      QueryOutcome(
        id: item.id, line: item.line,
        results: try item.failures.map { task, failure in
          QueryResult(task: task, answer: try failure.map { .failure($0) } ?? next())
        }, isList: item.isList)
    }
  }

  private static func failure(_ error: any Error) -> QueryFailure {
    QueryFailure(Sentence.shown("\(error)"))
  }
}
