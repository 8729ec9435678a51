// SPDX-License-Identifier: Apache-2.0

internal import PrompterPrompts
public import PrompterTasks

/// Under which names the texts of a prompt's queries stand in an object or in a row of a table.
///
/// They are the columns that the prompt was trained with, or else `text` and, for prompts
/// about pairs, `pair`. The columns of a prompt of which nothing is known are found as
/// ``Fields`` finds them.
///
/// ```swift
/// let columns = try predictor.queryColumns(of: "mood")
/// let query = columns.query { row[$0] }
/// ```
public struct QueryColumns: Sendable, Equatable {
  /// Columns that belong together.
  struct Layout: Sendable, Equatable {
    var text: String
    var pair: String?
  }

  let layouts: [Layout]
  // The columns, any of which a query may give, of a task whose queries have others than texts.
  var columns: [QueryColumn] = []
  // Names of lists of words that may stand in place of a text; none in most kinds of task.
  private(set) var wordColumns: [String] = []
  // Where a word that is asked about stands beside such a list.
  private(set) var markColumns: [String] = []
  // Whether a second text is looked for where a layout has no column for one.
  var takesPair = true
  private var isAboutPairs: Bool?

  static let standard = Layout(text: "text", pair: "pair")

  init(of card: PromptCard) {
    columns = (try? card.task.asked())?.queryColumns ?? []
    isAboutPairs = card.isAboutPairs
    wordColumns = (try? card.task.asked())?.wordColumns ?? []
    markColumns = [card.task.fields.pair, "pair"].compactMap(\.self)
    guard columns.isEmpty else {
      layouts = [Self.standard]
      return
    }
    let (named, trained) = (card.task.fields, card.columns)
    // As for data: where the text's column is named and no other, there is one text.
    takesPair = named.text == nil || isAboutPairs == true
    var layouts: [Layout] = []
    for (text, pair) in [
      (named.text ?? trained?.text, named.pair ?? trained?.pair), (trained?.text, trained?.pair),
    ] {
      guard let text, !layouts.contains(Layout(text: text, pair: pair)) else { continue }
      layouts.append(Layout(text: text, pair: pair))
    }
    if layouts.isEmpty {
      layouts = Fields.layouts.map { Layout(text: $0.text, pair: named.pair ?? $0.pair) }
    }
    let own = isAboutPairs == true ? Self.standard : Layout(text: Self.standard.text)
    self.layouts = layouts.contains(own) ? layouts : layouts + [own]
  }

  /// The names under which a text is looked for, for messages.
  public var names: [String] {
    var names = columns.filter(\.isNamed).map(\.name)
    // What is looked for by many names is told by the first.
    for name in layouts.map(\.text) where names.isEmpty || name == Self.standard.text {
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// What no query can be without and a table does not have; nil if it has all.
  ///
  /// - Parameter isThere: Whether there is a column of a name.
  /// - Returns: What it is, and the columns that could hold it.
  public func missing(
    among isThere: (String) -> Bool
  ) -> (field: String, columns: [String])? {
    if columns.contains(where: { $0.spellings.contains(where: isThere) }) { return nil }
    guard let layout = layouts.first(where: { isThere($0.text) }) else { return ("text", names) }
    guard isAboutPairs == true else { return nil }
    let pairs = layouts.compactMap { isThere($0.text) ? $0.pair : nil }
    return pairs.contains(where: isThere) || isThere("pair")
      ? nil : ("second text beside \(layout.text)", pairs)
  }

  /// The query of an object or a row.
  ///
  /// - Parameters:
  ///   - task: The prompt's name.
  ///   - value: The text under a name, nil if there is none.
  /// - Returns: The query; nil if it has no text.
  /// - Throws: What `value` throws.
  public func query(
    task: String? = nil, _ value: (String) throws -> String?
  ) rethrows -> Query? {
    try query(task: task, spelling: value, value)
  }

  /// The same where values that are no strings can be had as they are spelled.
  package func query(
    task: String?, spelling: (String) throws -> String?, _ value: (String) throws -> String?
  ) rethrows -> Query? {
    guard columns.isEmpty else {
      return try columnQuery(task: task, spelling: spelling, value)
    }
    var chosen: Layout?
    for layout in layouts where try value(layout.text) != nil {
      chosen = chosen ?? layout
      guard let pair = layout.pair, try value(pair) == nil else {
        chosen = layout
        break
      }
    }
    guard let chosen, let text = try value(chosen.text) else { return nil }
    var pair = try chosen.pair.flatMap(value)
    if pair == nil, takesPair { pair = try value("pair") }
    // A table has an empty cell where an object leaves a member out.
    if isAboutPairs == false, pair?.isEmpty == true { pair = nil }
    return Query(text, pair, task: task)
  }

  private func columnQuery(
    task: String?, spelling: (String) throws -> String?, _ value: (String) throws -> String?
  ) rethrows -> Query? {
    var values: [String: String] = [:]
    for column in columns {
      for name in column.spellings where values[column.name] == nil {
        values[column.name] = (try? (column.takesAnyValue ? spelling : value)(name)) ?? nil
      }
    }
    // `text` and `pair` fill the first columns, unless columns have these names.
    let isOwn = { (name: String) in columns.contains { $0.spellings.contains(name) } }
    let text = isOwn("text") ? nil : try value("text")
    let pair = isOwn("pair") ? nil : try value("pair")
    guard text != nil || !values.isEmpty else { return nil }
    return Query(text ?? "", pair, columns: values, task: task)
  }
}
