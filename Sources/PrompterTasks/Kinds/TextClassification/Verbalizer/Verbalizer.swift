// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// Words that stand for a task's labels, and the text in which a masked language model is asked for
/// them.
///
/// The frozen head of the model tells how well each word suits the place of `[MASK]`. A word of k
/// pieces is asked for with k masks, in a row of its own. With z the logits at the masks, a label's
/// score is the mean, over its words w, of
///
///     (1 / k) Σᵢ z[mask i of k, piece i of w]
///
/// and the loss is the cross-entropy of the softmax of the labels' scores: the cloze questions of
/// Schick and Schütze (2021), whose words P-Tuning v2 (Liu and others 2021, section 4.3) compares
/// with linear heads.
public struct Verbalizer: Codable, Sendable, Equatable {
  /// A label and its words.
  public struct Label: Codable, Sendable, Equatable {
    /// The label.
    public var label: String
    /// The words that stand for it, one at least.
    public var words: [String]
    /// The tokens of each word; nil until a model is known.
    public var tokens: [[Int32]]?

    /// A label and its words.
    public init(_ label: String, words: [String], tokens: [[Int32]]? = nil) {
      self.label = label
      self.words = words
      self.tokens = tokens
    }
  }

  /// What the model reads: `{text}`, `{pair}` and one `[MASK]`.
  public var template: TextTemplate
  /// The labels, in index order once the task's are known.
  public var labels: [Label]
  /// Whether the decoder's rows of the words are trained, from what they are in the model.
  public var trainsWords: Bool
  /// The width of the decoder's rows; nil until a model is known.
  public var width: Int?

  private enum CodingKeys: String, CodingKey {
    case template, labels, width
    case trainsWords = "trains_words"
  }

  /// What stands in a template where words are asked for, whatever the model calls its mask.
  public static let mask = "[MASK]"

  /// A verbalizer from its parts.
  ///
  /// - Throws: ``DataError/unusableVerbalizer(reason:)`` if the template does not ask for one word,
  ///   or names other columns than `text` and `pair`; or if a label has no words, or is there
  ///   twice.
  public init(
    template: TextTemplate, labels: [Label], trainsWords: Bool = false, width: Int? = nil
  ) throws {
    self.template = template
    self.labels = labels
    self.trainsWords = trainsWords
    self.width = width
    if let reason = template.fault ?? Self.fault(of: labels) {
      throw DataError.unusableVerbalizer(reason: reason)
    }
  }

  /// Reads what a card says of a verbalizer.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    do {
      try self.init(
        template: values.decode(TextTemplate.self, forKey: .template),
        labels: values.decode([Label].self, forKey: .labels),
        trainsWords: values.decode(Bool.self, forKey: .trainsWords),
        width: values.decodeIfPresent(Int.self, forKey: .width))
    } catch let error as DataError {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "\(error)"))
    }
    guard width.map({ 1...1 << 20 ~= $0 }) != false, labels.allSatisfy(\.isWhole) else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "The tokens of its words are not those of words."))
    }
  }

  private static func fault(of labels: [Label]) -> String? {
    if labels.count < 2 {
      return "it has words for \(labels.count) labels, and there are two or more"
    }
    var known: [String: String] = [:]
    for label in labels {
      if label.words.isEmpty || label.words.contains("") {
        return "the label `\(label.label)` has no word"
      }
      for word in label.words {
        if let other = known.updateValue(label.label, forKey: word) {
          return "the word `\(word)` stands for `\(other)` and for `\(label.label)`"
        }
      }
    }
    let names = labels.map { UTF8Key($0.label) }
    guard Set(names).count == names.count else { return "it has words for a label twice" }
    return nil
  }
}

extension Verbalizer.Label {
  // The most pieces that a word may have, for there are as many masks.
  static let mostPieces = 16

  fileprivate var isWhole: Bool {
    guard let tokens else { return true }
    return tokens.count == words.count
      && tokens.allSatisfy { 1...Self.mostPieces ~= $0.count && $0.allSatisfy { $0 >= 0 } }
  }
}

extension TextTemplate {
  // Why nothing can be asked with it; nil if something can.
  fileprivate var fault: String? {
    if let other = columns.first(where: { !["text", "pair"].contains($0) }) {
      return "its template has a column `\(other)`, and there are `text` and `pair`"
    }
    if columns.isEmpty { return "its template `\(self)` has no `{text}`" }
    let masks = clozePieces.count { $0 == .mask }
    guard masks == 1 else {
      return "its template `\(self)` has \(masks) places `\(Verbalizer.mask)`, and there is one"
    }
    return nil
  }
}
