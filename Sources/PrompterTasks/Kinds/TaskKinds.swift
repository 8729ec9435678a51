// SPDX-License-Identifier: Apache-2.0

/// The kinds of task that are known.
public enum TaskKinds {
  /// The list: whoever adds a kind adds a line.
  @TaskLocal public static var all: [any TaskKind.Type] = [
    TextClassification.self,
    TextRegression.self,
    MultipleChoice.self,
    SpanPairClassification.self,
    TokenClassification.self,
    QuestionAnswering.self,
    TextToText.self,
  ]

  /// The kind of a name; nil if there is none.
  public static func type(named name: TaskDescription.Kind) -> (any TaskKind.Type)? {
    all.first { $0.name == name }
  }

  /// The names of all tasks that a model learns which writes, or one which reads only, in the order
  /// of the list.
  public static func presetNames(isWritten: Bool) -> [String] {
    names(of: all.filter { ($0 is any WriterKind.Type) == isWritten })
  }

  /// The task that is meant where none is named.
  public static func usualName(isWritten: Bool) -> String {
    all.first { ($0 is any WriterKind.Type) == isWritten }?.name.rawValue ?? ""
  }

  /// The description of a task by its name; nil if there is none for such a model.
  ///
  /// - Parameters:
  ///   - name: A preset's or a kind's name.
  ///   - isWritten: Whether the model writes its answers.
  ///   - isNamed: Whether texts that a model reads begin with the task's name, where they can.
  /// - Returns: The description.
  public static func preset(
    _ name: String, isWritten: Bool, isNamed: Bool = true
  ) -> TaskDescription? {
    for kind in all where (kind is any WriterKind.Type) == isWritten {
      if let task = kind.preset(name, isNamed: isNamed) { return task }
    }
    return nil
  }

  private static func names(of kinds: [any TaskKind.Type]) -> [String] {
    var names: [String] = []
    for name in kinds.flatMap({ $0.presetNames }) where !names.contains(name) {
      names.append(name)
    }
    return names
  }
}

extension TaskDescription {
  /// The description of a preset's or a kind's name for a model that reads only; nil if there is
  /// none.
  public static func preset(_ name: String) -> TaskDescription? {
    TaskKinds.preset(name, isWritten: false)
  }

  /// All names that ``preset(_:)`` knows, for messages and help.
  public static var presetNames: [String] { TaskKinds.presetNames(isWritten: false) }

  /// Whether a preset's examples have two texts.
  package var isAboutPairs: Bool {
    guard let preset, let type = TaskKinds.type(named: kind) else { return false }
    return type.pairPresetNames.contains(preset)
  }
}
