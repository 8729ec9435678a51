// SPDX-License-Identifier: Apache-2.0

extension TaskDescription.Kind {
  /// One number for a text or for two.
  public static let textRegression = Self(rawValue: "text-regression")
}

extension TextRegression {
  /// The kind's own name, and a public data set whose columns are known.
  public static let presetNames = [name.rawValue, stsb]

  /// The one whose examples have two texts.
  public static let pairPresetNames: Set<String> = [stsb]

  private static let stsb = "stsb"

  // GLUE's own files call it so; copies of them have a `label`.
  private static let score = "score"

  /// The description of a task.
  ///
  /// | name | text and pair | labels | metrics |
  /// | --- | --- | --- | --- |
  /// | `text-regression` | found by name | any numbers | Pearson, Spearman, R² |
  /// | `stsb` | two sentences | 0 to 5 | Pearson, Spearman |
  public static func preset(_ name: String, isNamed: Bool) -> TaskDescription? {
    switch name {
    case Self.name.rawValue:
      TaskDescription(kind: Self.name, metrics: RegressionMetric.allCases.map(\.name))
    case stsb:
      TaskDescription(
        kind: Self.name, preset: stsb, fields: Fields(label: score),
        metrics: [RegressionMetric.pearson.name, RegressionMetric.spearman.name])
    default: nil
    }
  }

  /// The task for a file that calls a preset's numbers as copies of data sets do.
  var copied: TaskDescription? {
    guard task.preset == Self.stsb, task.fields.label == Self.score else { return nil }
    var task = task
    task.fields.label = nil
    return task
  }
}
