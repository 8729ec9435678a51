// SPDX-License-Identifier: Apache-2.0

package import PrompterAutodiff
internal import PrompterCore
internal import PrompterTensor
internal import PrompterTokenizer

/// What a ``Verbalizer`` whose words have tokens asks for, and how answers count: worked out once
/// for all questions.
package struct Cloze: Sendable {
  /// The numbers of masks that are asked with, a row each.
  let maskCounts: [Int]
  /// The tokens that the head gives logits for, in the order of its outputs.
  let outputTokens: [Int32]

  private let pieces: [ClozePiece]
  private let isAboutPairs: Bool
  private let trainsWords: Bool
  // The share of each logit in each label's score [labels, masks of all rows · outputs].
  private let shares: Tensor

  /// What a verbalizer asks for; nil as long as words have no tokens.
  package init?(_ verbalizer: Verbalizer) {
    let labels = verbalizer.labels.compactMap(\.tokens)
    guard labels.count == verbalizer.labels.count else { return nil }
    maskCounts = Set(labels.joined().map(\.count)).sorted()
    outputTokens = Set(labels.joined().joined()).sorted()
    pieces = verbalizer.template.clozePieces
    isAboutPairs = verbalizer.template.columns.contains("pair")
    trainsWords = verbalizer.trainsWords
    shares = Self.shares(of: labels, outputTokens, maskCounts)
  }

  private static func shares(
    of labels: [[[Int32]]], _ outputs: [Int32], _ maskCounts: [Int]
  ) -> Tensor {
    let places = Dictionary(uniqueKeysWithValues: zip(outputs, outputs.indices))
    var (masks, starts) = (0, [Int: Int]())
    for count in maskCounts {
      starts[count] = masks
      masks += count
    }
    let columns = masks * outputs.count
    var shares = [Float](repeating: 0, count: labels.count * columns)
    for (label, words) in labels.enumerated() {
      for word in words {
        for (piece, token) in word.enumerated() {
          let place = ((starts[word.count] ?? 0) + piece) * outputs.count + (places[token] ?? 0)
          shares[label * columns + place] += 1 / Float(words.count * word.count)
        }
      }
    }
    return Tensor(shares, shape: [labels.count, columns])
  }

  /// The decoder's rows for the tokens of all words.
  func head(of backbone: any Backbone) -> GivenHead? {
    backbone.maskedLanguageHead.map {
      let (weight, bias) = $0.decoder(of: outputTokens)
      return GivenHead(weight: weight, bias: bias, isTrained: trainsWords)
    }
  }

  /// A row for each number of masks, whose states are read at the masks.
  ///
  /// - Throws: ``TextProblem`` if the backbone cannot read them.
  func rows(of question: Question, by reader: TextReader) throws(TextProblem) -> [EncodedInput] {
    guard let mask = reader.tokenizer.mask else { throw .noTokens }
    guard isAboutPairs == (question.pair != nil) else { throw isAboutPairs ? .noPair : .isPair }
    let values = ["text": question.text, "pair": question.pair ?? ""]
    var rows: [EncodedInput] = []
    for count in maskCounts {
      let cloze = ClozeText(pieces, values, mask: mask.piece, count: count)
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

  /// The labels' scores [examples, labels] from the logits [masks of all examples, outputs].
  package func scores(of outputs: Variable) -> Variable {
    let examples = outputs.shape.count / shares.columns
    return product(reshaped(outputs, to: [examples, shares.columns]), Variable(shares))
  }

  /// The labels' scores from an example's logits, row after row.
  func scores(of outputs: [[Float]]) -> [Float] {
    let values = outputs.flatMap(\.self)
    return scores(of: Variable(Tensor(values, shape: [1, values.count]))).value.values
  }
}
