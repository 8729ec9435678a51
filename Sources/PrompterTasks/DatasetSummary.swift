// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// What a data set holds, in numbers.
public struct DatasetSummary: Codable, Sendable, Equatable {
  /// How often a label occurs.
  public struct LabelCount: Codable, Sendable, Equatable {
    /// The label.
    public var label: String
    /// The number of its examples.
    public var count: Int
  }

  /// The number of examples.
  public var examples: Int

  /// The number of examples without a label.
  public var unlabelled: Int

  /// The number of examples with a second text.
  public var pairs: Int

  /// How often each label occurs, in index order.
  public var labels: [LabelCount]

  /// Unicode code points an example, both texts together.
  public var characters: LengthStatistics

  /// Words an example, both texts together; blanks separate words.
  public var words: LengthStatistics

  /// The numbers of a data set.
  ///
  /// - Complexity: O(bytes + n log n).
  public init(of examples: some ExampleSet) {
    let texts = examples.examples.indices.map(examples.text)
    var counts: [UTF8Key: Int] = [:]
    for label in examples.examples.indices.lazy.flatMap(examples.countedAnswers) {
      counts[UTF8Key(label), default: 0] += 1
    }
    self.examples = texts.count
    unlabelled = examples.examples.indices.count { examples.shownAnswer(at: $0) == nil }
    pairs = texts.count { $0.pair != nil }
    labels = LabelSpace.ordered(counts.keys.lazy.map(\.text)).map {
      LabelCount(label: $0, count: counts[UTF8Key($0)] ?? 0)
    }
    characters = LengthStatistics(
      texts.map { $0.text.unicodeScalars.count + ($0.pair?.unicodeScalars.count ?? 0) })
    words = LengthStatistics(
      texts.map { Self.wordCount($0.text) + ($0.pair.map(Self.wordCount) ?? 0) })
  }

  private static func wordCount(_ text: String) -> Int {
    var count = 0
    var isInWord = false
    for byte in text.utf8 {
      let isBlank = Byte.isBlank(byte)
      if !isBlank, !isInWord { count += 1 }
      isInWord = !isBlank
    }
    return count
  }
}

/// How lengths are spread.
public struct LengthStatistics: Codable, Sendable, Equatable {
  /// The smallest length.
  public var minimum: Int
  /// The middle length; of two in the middle, the smaller.
  public var median: Int
  /// The average length.
  public var mean: Double
  /// The length that 95 of 100 do not exceed.
  public var percentile95: Int
  /// The largest length.
  public var maximum: Int

  /// The statistics of lengths, all 0 if there are none.
  public init(_ lengths: [Int]) {
    let sorted = lengths.sorted()
    func ranked(_ percent: Int) -> Int {
      sorted.isEmpty ? 0 : sorted[(sorted.count * percent + 99) / 100 - 1]
    }
    minimum = sorted.first ?? 0
    median = ranked(50)
    mean = sorted.isEmpty ? 0 : Double(sorted.reduce(0, +)) / Double(sorted.count)
    percentile95 = ranked(95)
    maximum = sorted.last ?? 0
  }
}
