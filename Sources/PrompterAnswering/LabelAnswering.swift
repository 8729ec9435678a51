// SPDX-License-Identifier: Apache-2.0

/// How an encoder-decoder answers where a task has labels.
public enum LabelAnswering: String, Codable, Sendable, CaseIterable {
  /// By the label whose text is the most likely: always one of them, with probabilities.
  case ranking
  /// By writing freely, which may end in a text that is no label (Lester and others 2021).
  case generation
}
