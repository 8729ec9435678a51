// SPDX-License-Identifier: Apache-2.0

internal import PrompterCore
internal import PrompterJSON
internal import PrompterTokenizer

extension Tokenizer {
  /// The mask and its token, if the vocabulary has one.
  var mask: (piece: String, id: Int32)? {
    for piece in ["[MASK]", "<mask>"] {
      if let id = id(of: piece), specialIDs.contains(id) { return (piece, id) }
    }
    return nil
  }
}

// MARK: - What a model knows of the words

extension Verbalizer {
  /// The verbalizer with its labels in the order of a task's, and with the words' tokens.
  ///
  /// - Throws: ``DataError/unusableVerbalizer(reason:)`` if a label has no words or words have no
  ///   label, the model has no masked-language-model head or no mask, or a word has a piece that is
  ///   not in the vocabulary.
  func completed(
    for labels: [String], of backbone: any Backbone, by tokenizer: any Tokenizer
  ) throws -> Verbalizer {
    func refuse(_ reason: String) -> DataError { .unusableVerbalizer(reason: reason) }
    guard let head = backbone.maskedLanguageHead else {
      throw refuse(
        "the model's checkpoint has no masked-language-model head, which tells how well words suit")
    }
    guard tokenizer.mask != nil else { throw refuse("the model's vocabulary has no mask") }
    var completed = self
    completed.width = head.width
    completed.labels = try labels.map { label in
      guard var own = self.labels.first(where: { UTF8Key($0.label) == UTF8Key(label) }) else {
        throw refuse("the label `\(label)` has no word")
      }
      own.tokens = try own.words.map { try Self.tokens(of: $0, tokenizer, backbone) }
      return own
    }
    let known = Set(labels.map(UTF8Key.init))
    if let other = self.labels.first(where: { !known.contains(UTF8Key($0.label)) }) {
      throw refuse(
        "it has words for `\(other.label)`, and the labels are \(labels.joined(separator: ", "))")
    }
    return completed
  }

  // Those that a word has after another word and a blank, as in a template.
  private static func tokens(
    of word: String, _ tokenizer: any Tokenizer, _ backbone: any Backbone
  ) throws -> [Int32] {
    let before = tokenizer.ids(of: "a")
    let both = tokenizer.ids(of: "a " + word)
    let tokens =
      both.starts(with: before) && both.count > before.count
      ? Array(both.dropFirst(before.count)) : tokenizer.ids(of: word)
    let isKnown = tokens.allSatisfy {
      $0 != tokenizer.unknownID && Int($0) < backbone.vocabularyCount
    }
    guard isKnown, 1...Label.mostPieces ~= tokens.count else {
      throw DataError.unusableVerbalizer(
        reason: isKnown
          ? "the word `\(word)` has \(tokens.count) pieces, and 1 to \(Label.mostPieces) can be "
            + "asked for"
          : "the model's vocabulary has no pieces for the word `\(word)`")
    }
    return tokens
  }
}
