// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter

/// A line of input and its number.
struct NumberedLine: Equatable {
  let number: Int
  let text: String
}

/// Reads lines from standard input or a file, some at a time; blank ones are passed over.
struct LineReader: Sendable {
  private var number = 0
  private var rest: ArraySlice<Substring>?  // of a file; nil for standard input

  /// A reader of a file, or of standard input if there is no path or it is `-`.
  init(path: String?) throws {
    guard let path, path != "-" else { return }
    do {
      let bytes = try Data(contentsOf: URL(filePath: path))
      rest = Self.lines(of: String(decoding: bytes, as: UTF8.self))
    } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
      throw DataError.fileNotFound(file: path)
    } catch {
      throw DataError.unreadable(
        file: path,
        reason: error.localizedDescription.trimmingCharacters(in: .punctuationCharacters))
    }
  }

  /// A reader of a text.
  init(text: String) {
    rest = Self.lines(of: text)
  }

  private static func lines(of text: String) -> ArraySlice<Substring> {
    // CR and LF are one character, which counts as a line end too.
    text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }[...]
  }

  /// The next lines, none at the end of the input.
  mutating func next(atMost limit: Int) -> [NumberedLine] {
    var lines: [NumberedLine] = []
    while lines.count < limit, let line = line() {
      number += 1
      let bare = number == 1 && line.hasPrefix("\u{FEFF}") ? String(line.dropFirst()) : line
      if !bare.allSatisfy(\.isWhitespace) {
        lines.append(NumberedLine(number: number, text: bare))
      }
    }
    return lines
  }

  private mutating func line() -> String? {
    guard rest != nil else { return readLine() }
    return rest?.popFirst().map(String.init)
  }
}

/// A query as it is written in a line.
struct QueryLine: Decodable {
  var task: String?
  var text: String?
  var pair: String?
  var id: JSONValue?
  /// All fields that are texts, by their names.
  var columns: [String: String]

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Name.self)
    func field(_ name: String) throws -> String? {
      try values.decodeIfPresent(String.self, forKey: Name(stringValue: name))
    }
    id = try values.decodeIfPresent(JSONValue.self, forKey: Name(stringValue: "id"))
    (task, text, pair) = (try field("task"), try field("text"), try field("pair"))
    columns = values.allKeys.reduce(into: [:]) { columns, name in
      guard name.stringValue != "task", name.stringValue != "id" else { return }
      columns[name.stringValue] = try? values.decode(String.self, forKey: name)
    }
  }

  /// The query, for a task whose template has these columns, if it has one.
  func query(columns names: [String]) throws -> Query {
    guard !names.isEmpty else {
      guard let text else { throw QueryFailure("The query has no field `text`.") }
      return Query(text, pair, task: task)
    }
    guard text != nil || names.contains(where: { columns[$0] != nil }) else {
      let known = names.map { "`\($0)`" }.joined(separator: ", ")
      throw QueryFailure("The query has none of the fields \(known), nor `text`.")
    }
    return Query(text ?? "", pair, columns: columns, task: task)
  }
}

/// Some lines of queries, tokenized, those that cannot be answered included.
struct QueryBatch: Sendable {
  private enum Item {
    case query(id: JSONValue)
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
        let query = try Self.query(in: line.text)
        id = query.id ?? .null
        queries.append(try query.query(columns: predictor.columns(of: query.task)))
        return .query(id: id)
      } catch {
        return .failure([
          "id": id == .null ? Self.id(in: line.text) : id, "line": .integer(line.number),
          "error": .string("\(error)"),
        ])
      }
    }
    self.queries = try predictor.prepared(queries)
  }

  /// The number of lines.
  var count: Int { items.count }

  /// The number of lines that cannot be answered.
  var failureCount: Int {
    items.count { if case .failure = $0 { true } else { false } }
  }

  /// Batches with the answers to their queries, all of which share the work.
  static func answered(
    _ batches: [QueryBatch], by predictor: Predictor
  ) -> [(batch: QueryBatch, predictions: [Prediction])] {
    var predictions = predictor.predict(
      prepared: PreparedQueries(joining: batches.map(\.queries)))[...]
    return batches.map { batch in
      defer { predictions = predictions.dropFirst(batch.queries.count) }
      return (batch, Array(predictions.prefix(batch.queries.count)))
    }
  }

  /// One line for each, in order.
  func lines(answering predictions: [Prediction]) -> [JSONValue] {
    var predictions = predictions[...]
    return items.compactMap { item in
      switch item {
      case .failure(let line): line
      case .query(let id): predictions.popFirst()?.json(id: id)
      }
    }
  }

  private static func query(in line: String) throws -> QueryLine {
    do {
      return try JSONDecoder().decode(QueryLine.self, from: Data(line.utf8))
    } catch DecodingError.typeMismatch(_, let context) {
      throw QueryFailure(sentence(forPath: context.codingPath))
    } catch DecodingError.valueNotFound(_, let context) {
      throw QueryFailure(sentence(forPath: context.codingPath))
    } catch {
      throw QueryFailure("The line is not valid JSON.")
    }
  }

  private static func sentence(forPath path: [any CodingKey]) -> String {
    switch path.first?.stringValue {
    case "id"?: "The field `id` should be a string or a number."
    case let name?: "The field `\(name)` should be a string."
    case nil: "The line is not a JSON object."
    }
  }

  // What identifies a query whose other fields are wrong.
  private static func id(in line: String) -> JSONValue {
    struct Identified: Decodable {
      var id: JSONValue?
    }
    return (try? JSONDecoder().decode(Identified.self, from: Data(line.utf8)))?.id ?? .null
  }
}

/// Why a line is no query.
struct QueryFailure: Error, Equatable, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
