// SPDX-License-Identifier: Apache-2.0

/// A score of texts against the answers that count as right, from 0 to 1; higher is better.
///
/// A task with labels is scored by how its outputs are spelled: one that is no label is wrong, and
/// ``TextScores/illegalShare`` says how many there are.
public enum TextMetric: String, Codable, Sendable, CaseIterable {
  /// The share of outputs that are one of the right answers, letter for letter; for WSC, that mean
  /// what the target means where that is true, and something else where it is not.
  case accuracy

  /// F1 of ``TaskDescription/positiveLabelIndex``; an output that is no label counts as the wrong
  /// one of two. Over MultiRC's answers this is its F1a.
  case f1

  /// The mean F1 of the labels that occur among the outputs or the right answers.
  case macroF1 = "f1_macro"

  /// Matthews correlation of labels, outputs that are none being a class of their own.
  case matthews = "matthews_correlation"

  /// The share of questions all of whose answers are judged right: MultiRC's exact match.
  case questionMatch = "question_exact_match"

  /// The share of outputs that equal a right answer once case, punctuation and articles are gone:
  /// SQuAD's exact match.
  case exactMatch = "exact_match"

  /// SQuAD's F1 of words: the mean over examples of the highest over right answers.
  case tokenF1 = "token_f1"

  /// Corpus BLEU of up to four words (Papineni and others 2002); see ``BLEU``.
  case bleu

  /// The mean F1 of words, of pairs of words, and of the longest common subsequence (Lin 2004); see
  /// ``ROUGE``.
  case rouge1, rouge2, rougeL

  /// Pearson's correlation of numbers; what is no number counts as -1.
  case pearson

  /// Spearman's correlation of ranks; what is no number counts as -1.
  case spearman
}
