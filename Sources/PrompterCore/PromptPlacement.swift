// SPDX-License-Identifier: Apache-2.0

/// Where the virtual tokens of an input prompt stand in a row.
public enum PromptPlacement: String, Codable, Sendable, CaseIterable {
  /// Before all tokens, as Lester and others 2021 put them.
  case beforeText = "before"
  /// After the tokens that open a text, such as [CLS], before its first word.
  case afterStart = "after-start"
  /// After the last word, before the tokens that close a text, such as </s>.
  case beforeEnd = "before-end"

  /// The place of the first virtual token among the tokens of a text.
  ///
  /// - Parameters:
  ///   - count: The number of tokens.
  ///   - openingCount: How many of them open the text.
  ///   - closingCount: How many of them close it.
  /// - Returns: The number of tokens before the prompt.
  public func index(count: Int, openingCount: Int, closingCount: Int) -> Int {
    switch self {
    case .beforeText: 0
    case .afterStart: min(openingCount, count)
    case .beforeEnd: max(0, count - closingCount)
    }
  }
}
