// SPDX-License-Identifier: Apache-2.0

internal import PrompterTokenizer

/// Encoded examples of one data set, how many of their texts were too long, and what is odd about
/// them.
public struct EncodedExamples<Target: Sendable>: Sendable {
  /// The rows of all examples, example after example.
  public let rows: [EncodedInput]
  /// What each example's answer should be.
  public let targets: [Target]
  /// The number of examples whose texts were too long.
  public let longTexts: LongTextCounts
  /// What is odd about the texts' pieces.
  public let warning: DataWarning?

  // Example e has rows offsets[e] ..< offsets[e + 1].
  private let offsets: [Int]

  /// Encodes examples.
  ///
  /// - Parameters:
  ///   - examples: The examples.
  ///   - reader: Makes rows of texts.
  ///   - encode: An example's rows and target, and more rows that are counted but not read, such as
  ///     those of an answer to be written.
  /// - Throws: ``DataError`` for an example that the backbone cannot read, or that has no answer.
  public init<Examples: ExampleSet>(
    _ examples: Examples, by reader: TextReader,
    _ encode: (_ example: Int) throws -> (
      rows: [EncodedInput], target: Target, other: [EncodedInput]
    )
  ) throws {
    var (rows, targets, offsets) = ([EncodedInput](), [Target](), [0])
    var (long, pieces) = (LongTextCounts(), PieceCounts(of: reader.tokenizer))
    for index in examples.examples.indices {
      do {
        let (own, target, other) = try encode(index)
        rows += own
        targets.append(target)
        offsets.append(rows.count)
        for input in own + other { pieces.add(ids: input.ids, specialCount: input.specialCount) }
        long.add(own + other)
      } catch let problem as TextProblem {
        throw DataError.unusableExample(
          file: examples.file, place: examples.place(of: index), reason: "\(problem)")
      }
    }
    (self.rows, self.targets, self.offsets) = (rows, targets, offsets)
    longTexts = long
    warning = DataWarning(pieces: pieces, file: examples.file)
  }

  /// The number of examples.
  public var count: Int { targets.count }

  /// Whether one pooled state of each row is read.
  public var hasPooledStates: Bool { rows.allSatisfy { $0.reads == nil } }

  /// Whether each example has one row, of which one pooled state is read.
  public var hasSingleStates: Bool {
    rows.count == targets.count && hasPooledStates
  }

  /// An example's rows, by their places among all.
  public func rows(of example: Int) -> Range<Int> { offsets[example]..<offsets[example + 1] }

  /// The tokens of an example's rows.
  public func tokenCount(of example: Int) -> Int {
    rows(of: example).reduce(0) { $0 + rows[$1].ids.count }
  }
}

extension HeadKind {
  /// Examples as a backbone and a head learn them.
  ///
  /// - Throws: ``DataError`` for one that the backbone cannot read, or that has no answer.
  public func encoded(
    _ examples: Examples, by reader: TextReader
  ) throws -> EncodedExamples<Target> {
    try EncodedExamples(examples, by: reader) { index in
      let rows = try rows(of: question(of: index, in: examples), by: reader)
      return (rows, try target(of: index, in: examples, read: rows), [])
    }
  }
}

extension WriterKind {
  /// Examples as a model learns to write their answers: the tokens of each, the end token included.
  ///
  /// - Parameters:
  ///   - examples: The examples.
  ///   - reader: Makes rows of texts.
  ///   - maximumLength: The tokens that an answer may have; longer ones are cut.
  /// - Returns: The rows and the answers' tokens.
  /// - Throws: ``DataError`` for one that the model cannot read, or that has no answer.
  public func encoded(
    _ examples: Examples, by reader: TextReader, maximumTargetLength maximumLength: Int
  ) throws -> EncodedExamples<[Int32]> {
    try EncodedExamples(examples, by: reader) { index in
      let question = question(of: index, in: examples)
      let target = EncodedInput(
        reader.tokenizer.encode(
          self.target(of: index, in: examples) ?? "", pair: nil, maximumLength: maximumLength))
      guard !target.ids.isEmpty else { throw TextProblem.noTokens }
      return ([try reader.input(question.text, question.pair)], target.ids, [target])
    }
  }
}
