// SPDX-License-Identifier: Apache-2.0

package import PrompterAutodiff
internal import PrompterCore
internal import PrompterJSON
internal import PrompterTensor
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

  /// The decoder's rows for the tokens of all words.
  func head(of backbone: any Backbone) -> GivenHead? {
    backbone.maskedLanguageHead.map {
      let (weight, bias) = $0.decoder(of: outputTokens)
      return GivenHead(weight: weight, bias: bias, isTrained: trainsWords)
    }
  }
}

// MARK: - Rows

extension Verbalizer {
  /// The numbers of masks that are asked with, a row each.
  var maskCounts: [Int] { Set(words.map(\.count)).sorted() }

  /// The tokens that the head gives logits for, in the order of its outputs.
  var outputTokens: [Int32] { Set(words.joined()).sorted() }

  private var words: [[Int32]] { labels.flatMap { $0.tokens ?? [] } }

  /// A row for each number of masks, whose states are read at the masks.
  ///
  /// - Throws: ``TextProblem`` if the backbone cannot read them.
  func rows(of question: Question, by reader: TextReader) throws(TextProblem) -> [EncodedInput] {
    guard let mask = reader.tokenizer.mask else { throw .noTokens }
    let isAboutPairs = template.columns.contains("pair")
    guard isAboutPairs == (question.pair != nil) else { throw isAboutPairs ? .noPair : .isPair }
    let values = ["text": question.text, "pair": question.pair ?? ""]
    var rows: [EncodedInput] = []
    for count in maskCounts {
      let cloze = ClozeText(template, values, mask: mask.piece, count: count)
      let whole = reader.tokenizer.encode(cloze.text, pair: nil, maximumLength: .max)
      guard
        let (encoding, masks) = cloze.fitted(whole, to: reader.maximumLength, mask: mask.id),
        masks.count == count
      else { throw .tooLong(tokens: whole.ids.count, room: reader.maximumLength) }
      try reader.limits.check(encoding)
      rows.append(reader.input(encoding, reading: masks))
    }
    return rows
  }
}

// MARK: - Scores

extension Verbalizer {
  /// The share of each logit in each label's score [labels, masks of all rows · outputs].
  private var shares: Tensor {
    let outputs = outputTokens
    let places = Dictionary(uniqueKeysWithValues: zip(outputs, outputs.indices))
    var (first, starts) = (0, [Int: Int]())
    for count in maskCounts {
      starts[count] = first
      first += count
    }
    let columns = first * outputs.count
    var shares = [Float](repeating: 0, count: labels.count * columns)
    for (index, label) in labels.enumerated() {
      let words = label.tokens ?? []
      for word in words {
        for (piece, token) in word.enumerated() {
          let place = ((starts[word.count] ?? 0) + piece) * outputs.count + (places[token] ?? 0)
          shares[index * columns + place] += 1 / Float(words.count * word.count)
        }
      }
    }
    return Tensor(shares, shape: [labels.count, columns])
  }

  /// The labels' scores [examples, labels] from the logits [masks of all examples, outputs].
  package func scores(of outputs: Variable) -> Variable {
    let shares = shares
    let examples = outputs.shape.count / shares.columns
    return product(
      reshaped(outputs, to: [examples, shares.columns]), Variable(shares))
  }

  /// The labels' scores from an example's logits, row after row.
  func scores(of outputs: [[Float]]) -> [Float] {
    let values = outputs.flatMap(\.self)
    return scores(of: Variable(Tensor(values, shape: [1, values.count]))).value.values
  }
}
