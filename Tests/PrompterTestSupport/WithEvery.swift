// SPDX-License-Identifier: Apache-2.0

public import Testing

/// The values that the loops around the current code are at.
public enum Trace {
  @TaskLocal static var steps: [String] = []

  /// What a failure should say about where it happened, as in `seed: 7, rows: 33`.
  public static var current: String { steps.joined(separator: ", ") }
}

/// Calls `body` for every value of a sequence, one after the other.
///
/// Failures inside name the value, if they come from the functions of this module, from `#expect`
/// with ``Trace/current`` as its comment, or from a suite with the trait `.namesValues`. Loops
/// nest.
///
/// ```swift
/// withEvery("rows", in: [1, 2, 33]) { rows in
///   withEvery("seed", in: 0..<10) { seed in … }
/// }
/// ```
public func withEvery<Values: Sequence>(
  _ name: String, in values: Values, _ body: (Values.Element) throws -> Void
) rethrows {
  for value in values {
    try Trace.$steps.withValue(Trace.steps + ["\(name): \(value)"]) { try body(value) }
  }
}

extension Trait where Self == IssueHandlingTrait {
  /// Adds the values of the loops around a failure to what it says.
  public static var namesValues: Self {
    .compactMapIssues { issue in
      let trace = Trace.current
      guard !trace.isEmpty, !issue.comments.contains(where: { $0.rawValue.contains(trace) }) else {
        return issue
      }
      var issue = issue
      issue.comments.append(Comment(rawValue: trace))
      return issue
    }
  }
}
