// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterJSON
import PrompterKernels

/// A line of input and its number.
struct NumberedLine: Equatable {
  let number: Int
  let text: String
}

/// Reads lines from standard input or a file, some at a time; blank ones are passed over.
struct LineReader: Sendable {
  private var number = 0
  private var rest: ArraySlice<UInt8>?  // of a file; nil for standard input

  /// A reader of a file, or of standard input if there is no path or it is `-`.
  init(path: String?) throws {
    guard let path, path != "-" else { return }
    do {
      rest = try fileContents(path)[...]
    } catch {
      throw DataError(error, file: path)
    }
  }

  /// A reader of a text.
  init(text: String) {
    rest = Array(text.utf8)[...]
  }

  /// The next lines, none at the end of the input.
  mutating func next(atMost limit: Int) -> [NumberedLine] {
    var lines: [NumberedLine] = []
    while lines.count < limit, let line = line() {
      number += 1
      let bare = number == 1 && line.unicodeScalars.first == "\u{FEFF}"
      let text = bare ? String(line.unicodeScalars.dropFirst()) : line
      if !text.unicodeScalars.allSatisfy(\.properties.isWhitespace) {
        lines.append(NumberedLine(number: number, text: text))
      }
    }
    return lines
  }

  // Lines end in LF or CRLF, and the last one need not end.
  private mutating func line() -> String? {
    guard let rest else { return readLine() }
    guard !rest.isEmpty else { return nil }
    let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
    self.rest = rest[min(end + 1, rest.endIndex)...]
    let line = rest[..<end]
    return String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
  }
}

/// A query as it is written in a line.
///
/// Of equal keys the last holds, and half of a surrogate pair becomes U+FFFD, as in data.
struct QueryLine {
  /// What identifies it, to be given back as it came.
  private(set) var id = JSONValue.null

  private let members: [(key: String, value: SpelledJSON)]

  /// Reads a line that is a JSON object.
  ///
  /// - Throws: ``QueryFailure`` for a line that is something else.
  init(_ line: String) throws {
    guard let value = try? SpelledJSON(Array(line.utf8)) else {
      throw QueryFailure("The line is not valid JSON.")
    }
    guard let members = value.members else { throw QueryFailure("The line is not a JSON object.") }
    self.members = members
    if let id = member("id") { self.id = JSONValue(identifying: id) ?? .null }
  }

  /// Makes sure that a query can be identified.
  func checkID() throws {
    guard let id = member("id"), JSONValue(identifying: id) == nil else { return }
    throw QueryFailure("The field `id` should be a string or a number.")
  }

  private func member(_ name: String) -> SpelledJSON? {
    members.last { $0.key.utf8.elementsEqual(name.utf8) }?.value
  }

  /// A field that must be a string if it is there and not null.
  private func text(_ name: String) throws -> String? {
    guard let value = member(name), value.kind != .null else { return nil }
    guard let text = value.string else {
      throw QueryFailure("The field `\(name)` should be a string.")
    }
    return text
  }

  /// The prompt that should answer, if the query names one.
  func task() throws -> String? { try text("task") }

  /// The query, for a task whose template has these columns, if it has one.
  func query(columns names: [String]) throws -> Query {
    let (task, text, pair) = (try task(), try text("text"), try text("pair"))
    guard !names.isEmpty else {
      guard let text else { throw QueryFailure("The query has no field `text`.") }
      return Query(text, pair, task: task)
    }
    let values = names.map { ($0, member($0)?.string) }
    guard text != nil || values.contains(where: { $0.1 != nil }) else {
      let known = names.map { "`\($0)`" }.joined(separator: ", ")
      throw QueryFailure("The query has none of the fields \(known), nor `text`.")
    }
    let columns = values.compactMap { name, value in value.map { (name, $0) } }
    return Query(
      text ?? "", pair, columns: Dictionary(columns) { first, _ in first }, task: task)
  }
}

/// Some lines of queries, tokenized, those that cannot be answered included.
struct QueryBatch: Sendable {
  private enum Item {
    case query(id: JSONValue, line: Int)
    case failure(JSONValue)
  }

  private let items: [Item]
  private let queries: PreparedQueries

  /// Reads lines, checks that their tasks are known and tokenizes their texts.
  init(lines: [NumberedLine], predictor: Predictor) throws {
    var queries: [Query] = []
    items = lines.map { line in
      var id = JSONValue.null
      do {
        let query = try QueryLine(line.text)
        id = query.id
        try query.checkID()
        queries.append(try query.query(columns: predictor.columns(of: query.task())))
        return .query(id: id, line: line.number)
      } catch {
        return .failure(Self.failure(error, id: id, line: line.number))
      }
    }
    self.queries = try predictor.prepared(queries)
  }

  /// The number of lines.
  var count: Int { items.count }

  /// The lines that are queries, answered or not.
  typealias Answers = [Result<Prediction, PredictionError>]

  /// Batches with the answers to their queries, all of which share the work.
  ///
  /// - Throws: What keeps the model from answering anything.
  static func answered(
    _ batches: [QueryBatch], by predictor: Predictor
  ) throws -> [(batch: QueryBatch, answers: Answers)] {
    let results = predictor.results(of: PreparedQueries(joining: batches.map(\.queries)))
    var answers = try results.map { result -> Answers.Element in
      do { return .success(try result.get()) } catch let error as PredictionError {
        return .failure(error)
      }
    }[...]
    return batches.map { batch in
      defer { answers = answers.dropFirst(batch.queries.count) }
      return (batch, Array(answers.prefix(batch.queries.count)))
    }
  }

  /// One line for each, in order, and how many of them are answers.
  func lines(with answers: Answers) -> (lines: [JSONValue], answered: Int) {
    var (answers, answered) = (answers[...], 0)
    let lines = items.compactMap { item -> JSONValue? in
      guard case .query(let id, let line) = item else {
        if case .failure(let line) = item { return line }
        return nil
      }
      switch answers.popFirst() {
      case .success(let prediction)?:
        answered += 1
        return prediction.json(id: id)
      case .failure(let error)?: return Self.failure(error, id: id, line: line)
      case nil: return nil
      }
    }
    return (lines, answered)
  }

  // What stands in place of an answer.
  private static func failure(_ error: any Error, id: JSONValue, line: Int) -> JSONValue {
    ["id": id, "line": .integer(line), "error": .string(Sentence.shown("\(error)"))]
  }
}

/// Why a line is no query.
struct QueryFailure: Error, Equatable, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
