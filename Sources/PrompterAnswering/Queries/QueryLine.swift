// SPDX-License-Identifier: Apache-2.0

package import PrompterJSON
package import PrompterTasks

/// A query as it is written: an object of JSON, a row of a table, or a text.
///
/// Of equal keys of an object the last holds, and half of a surrogate pair becomes U+FFFD, as in
/// data.
package struct QueryLine {
  private enum Source {
    case object([(key: String, value: SpelledJSON)])
    case row(TableRecord, TableHeader)
    case text(String)
  }

  private let source: Source

  /// What identifies it, to be given back as it came.
  package private(set) var id = JSONValue.null

  /// Reads a record.
  ///
  /// - Throws: ``QueryFailure`` for one that is no query.
  package init(_ record: QueryRecord) throws {
    switch record.content {
    case .object(let bytes):
      source = .object(try Self.members(of: bytes))
      if let id = member("id") { self.id = JSONValue(identifying: id) ?? .null }
    case .text(let text): source = .text(text)
    case .fault(let failure): throw failure
    case .row(let row, let header):
      source = .row(row, header)
      id = JSONValue(cell("id"))
    }
  }

  private static func members(of bytes: [UInt8]) throws -> [(key: String, value: SpelledJSON)] {
    guard let value = try? SpelledJSON(bytes) else {
      throw QueryFailure("The line is not valid JSON.")
    }
    guard let members = value.members else { throw QueryFailure("The line is not a JSON object.") }
    return members
  }

  /// Makes sure that a query can be identified.
  package func checkID() throws {
    guard let id = member("id"), JSONValue(identifying: id) == nil else { return }
    throw QueryFailure("The field `id` should be a string or a number.")
  }

  private func member(_ name: String) -> SpelledJSON? {
    guard case .object(let members) = source else { return nil }
    return members.last { $0.key.utf8.elementsEqual(name.utf8) }?.value
  }

  // A cell of the row, nil if it is empty.
  private func cell(_ name: String) -> String? {
    guard case .row(let row, let header) = source, let place = header.position(of: name) else {
      return nil
    }
    let cell = row[place]
    return cell.isEmpty ? nil : cell
  }

  /// A field that must be a string if it is there and not null.
  private func text(_ name: String) throws -> String? {
    if case .row(let row, let header) = source { return header.position(of: name).map { row[$0] } }
    guard let value = member(name), value.kind != .null else { return nil }
    guard let text = value.string else {
      throw QueryFailure("The field `\(name)` should be a string.")
    }
    return text
  }

  /// A field as it is spelled, whatever its value is.
  private func spelling(_ name: String) throws -> String? {
    guard let value = member(name) else { return try text(name) }
    return value.kind == .null ? nil : value.string ?? value.spelling
  }

  /// The prompts that should answer, if the query names any.
  package func tasks() throws -> QueryTasks? {
    if case .row = source { return cell("task").map(QueryTasks.one) }
    let task = try text("task")
    guard let value = member("tasks"), value.kind != .null else { return task.map(QueryTasks.one) }
    guard task == nil else { throw QueryFailure("The query names a `task` and `tasks`.") }
    let names = value.elements?.map(\.string)
    guard let names, !names.isEmpty, names.allSatisfy({ $0 != nil }) else {
      throw QueryFailure("The field `tasks` should be a list of names.")
    }
    return .several(names.compactMap(\.self))
  }

  /// The query.
  ///
  /// - Parameters:
  ///   - columns: Where its texts stand.
  ///   - task: The prompt that should answer.
  /// - Returns: The question.
  /// - Throws: ``QueryFailure`` if it has no text, or something else in its place.
  package func query(columns: QueryColumns, task: String?) throws -> Query {
    if case .text(let text) = source { return Query(text, task: task) }
    if let query = try wordQuery(columns: columns, task: task) { return query }
    if let query = try columns.query(task: task, spelling: spelling, text) { return query }
    let names = columns.names.map { "`\($0)`" }
    throw QueryFailure(
      "The query has no field "
        + (names.count == 1
          ? names[0] : names.dropLast().joined(separator: ", ") + ", nor \(names[names.count - 1])")
        + ".")
  }
}

extension QueryLine {
  /// A query whose words are given as a list; nil if there is no list.
  private func wordQuery(columns: QueryColumns, task: String?) throws -> Query? {
    for name in columns.wordColumns {
      guard let list = member(name)?.elements else { continue }
      let words = list.compactMap(\.string)
      guard words.count == list.count else {
        throw QueryFailure("The field `\(name)` should be a list of strings.")
      }
      return Query(
        "", try mark(columns.markColumns, among: words), words: words, task: task)
    }
    return nil
  }

  // The word that is asked about, or its place among all, counted from 0.
  private func mark(_ names: [String], among words: [String]) throws -> String? {
    for name in names {
      guard let place = member(name)?.integer else {
        if let word = try text(name) { return word }
        continue
      }
      guard words.indices.contains(place) else {
        throw QueryFailure("The field `\(name)` names word \(place) of \(words.count).")
      }
      return words[place]
    }
    return nil
  }
}

/// The prompts that a query is for.
package enum QueryTasks: Equatable, Sendable {
  /// One, whose answer is a line's.
  case one(String)
  /// Several, whose answers stand side by side in a line.
  case several([String])
}

/// Why a line is no query.
package struct QueryFailure: Error, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
