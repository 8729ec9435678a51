// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterJSON
internal import PrompterTensor

/// Examples drawn at random, of each label its share.
///
/// What is drawn are units: all examples with the same texts, or of the same group, are in it or
/// out of it together, so that what a prompt is measured on is never what it has learnt. Where
/// there are nearly as many labels as units, as where answers are free texts, labels do not count.
struct StratifiedDraw {
  /// The units of each label, in the order of the file.
  private let strata: [[UTF8Key]]

  /// A draw among examples with keys, one a unit, and labels.
  init(_ examples: some Sequence<(unit: UTF8Key, label: String?)>) {
    var (seen, places, strata) = (Set<UTF8Key>(), [UTF8Key?: Int](), [[UTF8Key]]())
    for (unit, label) in examples where seen.insert(unit).inserted {
      let key = label.map(UTF8Key.init)
      let place = places[key] ?? strata.count
      if place == strata.count {
        places[key] = place
        strata.append([])
      }
      strata[place].append(unit)
    }
    self.strata =
      2 * strata.count > seen.count && !strata.isEmpty ? [strata.flatMap(\.self)] : strata
  }

  /// The number of units.
  var unitCount: Int { strata.reduce(0) { $0 + $1.count } }

  /// Some of the units.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - isPartial: Whether each label keeps at least one that is not drawn.
  ///   - seed: The seed; with the same one a greater number has the smaller one's units in it, but
  ///     for what rounding changes.
  /// - Returns: The units.
  func units(_ count: Int, isPartial: Bool = false, seed: UInt64) -> Set<UTF8Key> {
    let room = strata.map { isPartial ? $0.count - 1 : $0.count }
    let shares = shares(of: count, room: room)
    return Set(
      zip(shuffled(seed: seed), shares).flatMap { units, share in units.prefix(share) })
  }

  /// The units in a number of parts, each with its share of each label.
  func parts(_ count: Int, seed: UInt64) -> [Set<UTF8Key>] {
    var parts = [Set<UTF8Key>](repeating: [], count: count)
    for (index, unit) in shuffled(seed: seed).joined().enumerated() {
      parts[index % count].insert(unit)
    }
    return parts
  }

  private func shuffled(seed: UInt64) -> [[UTF8Key]] {
    strata.enumerated().map { index, units in
      var generator = SeededGenerator(seed: seed, purpose: "drawn examples", index: index)
      return units.shuffled(using: &generator)
    }
  }

  /// How many of each label, by the largest remainder; one at least where there is room for one of
  /// each.
  private func shares(of count: Int, room: [Int]) -> [Int] {
    let total = max(1, unitCount)
    let wanted = strata.map { Double($0.count) * Double(min(count, total)) / Double(total) }
    let least = count >= strata.count ? 1 : 0
    var shares = zip(wanted, room).map { min($1, max(least, Int($0))) }
    var missing = min(count, room.reduce(0, +)) - shares.reduce(0, +)
    let step = missing.signum()
    func need(_ place: Int) -> Double { Double(step) * (wanted[place] - Double(shares[place])) }
    var places = Array(shares.indices)
    while missing != 0 {
      places = places.filter { step > 0 ? shares[$0] < room[$0] : shares[$0] > least }
      // Of equal ones the first.
      places.sort { (need($0), $1) > (need($1), $0) }
      guard let neediest = places.first.map(need) else { break }
      // Those whose turn comes before anybody's second one.
      let round = places.prefix { need($0) > neediest - 1 }.prefix(abs(missing))
      for place in round { shares[place] += step }
      missing -= step * round.count
    }
    return shares
  }
}

extension StratifiedDraw {
  /// The units of a validation split that holds a share of all.
  func validationUnits(share: Double, seed: UInt64, file: String) throws -> Set<UTF8Key> {
    let count = Int((share * Double(unitCount)).rounded())
    let drawn = units(max(1, count), isPartial: true, seed: seed)
    guard !drawn.isEmpty else {
      throw DataError.misread(
        file: file,
        .unsplittable(reason: "of no label are there two different examples"))
    }
    return drawn
  }
}

extension StratifiedDraw {
  fileprivate func check(partCount: Int, file: String) throws {
    guard unitCount >= partCount else {
      throw DataError.misread(
        file: file,
        .unsplittable(
          reason:
            "\(DataError.count(partCount, "part")) need as many different examples, and there "
            + "are \(unitCount)"))
    }
  }
}

extension ExampleSet {
  /// Some examples, drawn at random, of each answer its share; in the order of the file.
  ///
  /// - Parameters:
  ///   - count: How many; all if there are not as many. Of examples that are scored together all or
  ///     none are drawn, so that there may be a few more or less.
  ///   - seed: The same seed draws the same.
  ///   - isStratified: Whether answers are labels, each of which has its share.
  /// - Returns: The examples.
  public func drawn(_ count: Int, seed: UInt64, isStratified: Bool = true) -> Self {
    let count = min(count, examples.count)
    let units = examples.indices.map { index in
      UTF8Key(group(at: index).map { "g\($0)" } ?? "\(index)")
    }
    let draw = StratifiedDraw(
      examples.indices.lazy.map { (units[$0], isStratified ? label(at: $0) : nil) })
    let share = Double(draw.unitCount) / Double(max(1, examples.count))
    let drawn = draw.units(Int((Double(count) * share).rounded()), seed: seed)
    return selecting { drawn.contains(units[$0]) }
  }

  /// Two parts, of each answer its share in both; equal texts are in the same part.
  ///
  /// - Parameters:
  ///   - evaluation: The same file, read to be evaluated on, where that gives other examples.
  ///   - validationShare: The share of the second part, above 0 and below 1. Of each answer at
  ///     least one example stays in the first.
  ///   - seed: The same seed splits alike.
  ///   - isStratified: Whether answers are labels, each of which has its share.
  /// - Returns: What of this is in the first part, and what of `evaluation` in the second.
  /// - Throws: ``DataError/misread(file:_:)`` if there are too few examples.
  public func split(
    evaluation: Self? = nil, validationShare: Double, seed: UInt64, isStratified: Bool = true
  ) throws -> (training: Self, validation: Self) {
    let evaluation = evaluation ?? self
    let units = try evaluation.draw(isStratified).validationUnits(
      share: validationShare, seed: seed, file: file)
    return (parted(by: units).outside, evaluation.parted(by: units).inside)
  }

  /// The parts of a cross-validation: each example is validated on once.
  ///
  /// - Parameters:
  ///   - count: The number of parts, two or more.
  ///   - evaluation: The same file, read to be evaluated on, where that gives other examples.
  ///   - seed: The same seed splits alike.
  ///   - isStratified: Whether answers are labels, each of which has its share.
  /// - Returns: For each part, the others to learn from and itself.
  /// - Throws: ``DataError/misread(file:_:)`` if there are fewer different examples than parts.
  public func folds(
    _ count: Int, evaluation: Self? = nil, seed: UInt64, isStratified: Bool = true
  ) throws -> [(training: Self, validation: Self)] {
    let evaluation = evaluation ?? self
    let draw = evaluation.draw(isStratified)
    try draw.check(partCount: count, file: file)
    return draw.parts(count, seed: seed).map { units in
      (parted(by: units).outside, evaluation.parted(by: units).inside)
    }
  }

  private func draw(_ isStratified: Bool) -> StratifiedDraw {
    StratifiedDraw(
      examples.indices.lazy.map { (unit(of: $0), isStratified ? label(at: $0) : nil) })
  }

  private func parted(by units: Set<UTF8Key>) -> (inside: Self, outside: Self) {
    let isInside = examples.indices.map { units.contains(unit(of: $0)) }
    return (selecting { isInside[$0] }, selecting { !isInside[$0] })
  }

  private func unit(of index: Int) -> UTF8Key {
    group(at: index).map(UTF8Key.init) ?? text(at: index).key
  }
}
