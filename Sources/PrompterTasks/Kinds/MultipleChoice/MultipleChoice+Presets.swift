// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

extension TaskDescription.Kind {
  /// One of some choices, which differ from question to question.
  public static let multipleChoice = Self(rawValue: "multiple-choice")
}

extension MultipleChoice {
  /// The kind's own name, and public data sets whose columns are known.
  public static let presetNames = [name.rawValue] + [ChoicePreset.copa, .record].map(\.rawValue)

  /// The one whose questions have a second text: ReCoRD's a passage and a query.
  public static let pairPresetNames: Set<String> = [ChoicePreset.record.rawValue]

  /// The description of a task.
  ///
  /// | name | rows | metrics |
  /// | --- | --- | --- |
  /// | `multiple-choice` | the question and a choice; with a context that, and question and choice | accuracy |
  /// | `copa` | the premise with `because` or `so`, and a choice | accuracy |
  /// | `record` | the passage, and the query with an entity in its gap | token F1, exact match |
  public static func preset(_ name: String, isNamed: Bool) -> TaskDescription? {
    guard let preset = ChoicePreset(rawValue: name) else { return nil }
    return TaskDescription(
      kind: Self.name, preset: preset == .free ? nil : name, metrics: preset.metrics)
  }

  /// Which data set the task is known from.
  var preset: ChoicePreset { task.preset.flatMap(ChoicePreset.init) ?? .free }
}

// MARK: - Columns

extension MultipleChoice {
  /// The question, what it is about, the choices, and the right one.
  public var fieldNames: [String] { ["text", "context", "choices", "label"] }

  /// The task with one of these in another column of files.
  ///
  /// Choices may be in one column with a list, or in several whose names begin alike.
  public func reading(_ field: String, from column: String) -> TaskDescription? {
    var task = task
    switch field {
    case "text": task.fields.text = column
    case "context", "pair": task.fields.pair = column
    case "choices": task.fields.choices = column
    case "label": task.fields.label = column
    default: return nil
    }
    return task
  }

  /// The columns of files, but for the label.
  ///
  /// Choices are a list `choices`, or stand in columns `choice1`, `choice2` and so on up to 26,
  /// under any of the names that files have for them.
  public var queryColumns: [QueryColumn] {
    let named = task.fields
    let texts = preset.columns.map { column in
      let name = column.name == preset.columns.first?.name ? named.text : nil
      return QueryColumn(column.name, spellings: (name.map { [$0] } ?? []) + column.spellings)
    }
    if preset == .record { return texts + [QueryColumn(Self.entities, takesAnyValue: true)] }
    let contexts = (named.pair.map { [$0] } ?? []) + ChoicePreset.contexts
    let context = QueryColumn(Self.context, spellings: contexts, isNamed: false)
    return texts + (preset == .free ? [context] : []) + choiceColumns
  }

  private var choiceColumns: [QueryColumn] {
    let columns = ChoiceColumns(named: task.fields.choices)
    let list = QueryColumn(Self.choices, spellings: columns.lists, takesAnyValue: true)
    // Some number theirs from 0: who has an `ending0` has no `ending26`.
    return [list]
      + (0...26).map { number in
        let letter = Unicode.Scalar(UInt8(0x41 + max(0, number - 1)))
        return QueryColumn(
          "\(Self.choice)\(number)",
          spellings: columns.beginnings.flatMap {
            ["\($0)\(number)"] + (number > 0 ? ["\($0)\(letter)"] : [])
          }, takesAnyValue: true, isNamed: false)
      }
  }

  static let (choices, choice, entities, context) = ("choices", "choice", "entities", "context")
}

extension Query {
  /// A question with choices of its own.
  ///
  /// - Parameters:
  ///   - text: The question.
  ///   - context: What it is about.
  ///   - choices: The choices.
  ///   - task: The prompt's name; may be left out when there is one prompt only.
  public init(_ text: String, context: String? = nil, choices: [String], task: String? = nil) {
    var columns = [MultipleChoice.choices: JSONValue(choices).line]
    columns[MultipleChoice.context] = context
    self.init(text, columns: columns, task: task)
  }
}
