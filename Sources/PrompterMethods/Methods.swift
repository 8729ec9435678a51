// SPDX-License-Identifier: Apache-2.0

/// The methods that there are.
public enum Methods {
  /// The settings of each method, the usual one first: a new method has its line here.
  ///
  /// Only tests have others, for the time of a body, with `$all.withValue`.
  @TaskLocal public static var all: [any MethodSettings.Type] = [
    PTuningV2.Settings.self, PromptTuning.Settings.self, HeadOnly.self, FineTuning.self,
  ]

  /// The method of whoever names none.
  public static var usual: MethodName { all[0].name }
}
