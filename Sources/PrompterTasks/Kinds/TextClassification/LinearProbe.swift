// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterNN
package import PrompterTensor

/// Multinomial logistic regression on states that stay as they are, with the strength of its
/// penalty chosen by folds of the training data.
///
/// Strengths go from strong to weak, each fit starting where the one before ended, until the loss
/// of examples that a fold's classifier has not seen rises again. Of these the strongest is taken
/// whose score on such examples is below the best by at most half a standard error, and by at most
/// a point: of a few hundred examples chance decides which of two neighbours scores higher, and the
/// stronger penalty is the safer one. Few examples are dealt out into folds several times.
/// Validation data play no part: they choose no better, and so their score stays one of data that
/// nobody has seen.
struct LinearProbe {
  /// The number of labels.
  let labels: Int
  /// How much an example of each label counts, but in no score; nil for all alike.
  var weights: [Float]?
  /// The score of predictions against true labels, higher being better.
  let score: @Sendable (_ predictions: [Int], _ references: [Int]) -> Double
  /// The seed of the folds.
  let seed: UInt64
  /// The threads; their number changes no bit.
  let team: ThreadTeam

  // What only tells strengths apart need not be as exact as what is kept. Products are float32, and
  // so is what they leave of a value.
  private static let choosing = LBFGS(
    memory: 10, tolerance: 5e-4, iterationLimit: 500, noise: 1e-7)
  private static let keeping = LBFGS(
    memory: 10, tolerance: 3e-6, iterationLimit: 5_000, noise: 1e-7)

  // Few enough for a part's states to stay in the cache between its two products.
  private static let partSize = 512

  /// Fits a head.
  ///
  /// - Parameters:
  ///   - training: What is learnt from; at least one example.
  ///   - strengths: The penalties to choose among, from strong to weak.
  ///   - goesOn: Told after each strength of the share that is done; whether to go on.
  /// - Returns: The head; `nil` if told to stop.
  func fit(
    _ training: LabelledStates, strengths: [Double] = ProbeFolds.strengths,
    goesOn: (_ share: Double) -> Bool = { _ in true }
  ) -> FittedHead? {
    let stopwatch = Stopwatch()
    let scale = StateScale(of: training.states)
    let own = LabelledStates(states: scale.applied(to: training.states), labels: training.labels)
    let paths = (0..<ProbeFolds.repetitions(examples: own.count)).flatMap {
      self.paths(own, repetition: $0)
    }
    guard let chosen = choose(among: strengths, on: paths, examples: own.count, goesOn) else {
      return nil
    }
    let parts = own.parts(of: 0..<own.count, most: Self.partSize)
    func loss(_ l2: Double) -> SoftmaxLoss {
      SoftmaxLoss(parts: parts, labels: labels, weights: weights, l2: l2, team: team)
    }
    let penalized = loss(chosen.strength)
    let solution = Self.keeping.minimize(from: chosen.start) { penalized($0) }
    let position = solution.point.position
    let classifier = SoftmaxClassifier(scale.unscaled(position, labels: labels), labels: labels)
    return FittedHead(
      weight: classifier.weight, bias: classifier.bias,
      fit: HeadFit(
        l2: chosen.strength * scale.deviation * scale.deviation, folds: paths.count,
        score: chosen.score, loss: loss(0)(position).value, iterations: solution.iterations,
        hasConverged: solution.point.steepness < 1e-4, seconds: stopwatch.seconds))
  }
}

// MARK: - Choosing the strength

extension LinearProbe {
  // What a classifier learns from and what it is scored on.
  private struct Path: Sendable {
    let training: [LabelledStates]
    let heldOut: LabelledStates
  }

  private struct Chosen {
    let strength: Double
    let score: Double
    // The mean of the folds' classifiers, near that of all examples.
    let start: [Double]
  }

  private struct Outcome: Sendable {
    let position: [Double]
    let predictions: [Int]
    let loss: Double
  }

  // Each label's examples in a random order, dealt out in turn.
  private func folds(of labels: [Int32], repetition: Int) -> [[Int]] {
    var generator = SeededGenerator(
      seed: seed, purpose: repetition == 0 ? "folds" : "folds, again \(repetition)")
    let shuffled = labels.indices.shuffled(using: &generator)
    let inTurn = shuffled.enumerated().sorted {
      (labels[$0.element], $0.offset) < (labels[$1.element], $1.offset)
    }
    return ProbeFolds.dealt(inTurn.map(\.element))
  }

  // With a fold's examples side by side, the others are two ranges and need no copies of their own.
  private func paths(_ training: LabelledStates, repetition: Int) -> [Path] {
    let folds = folds(of: training.labels, repetition: repetition)
    let ordered = training.gathered(folds.flatMap { $0 })
    var start = 0
    return folds.map { fold in
      defer { start += fold.count }
      let heldOut = start..<start + fold.count
      return Path(
        training: ordered.parts(of: 0..<heldOut.lowerBound, most: Self.partSize)
          + ordered.parts(of: heldOut.upperBound..<ordered.count, most: Self.partSize),
        heldOut: ordered.part(heldOut))
    }
  }

  private func choose(
    among strengths: [Double], on paths: [Path], examples: Int, _ goesOn: (Double) -> Bool
  ) -> Chosen? {
    let references = paths.flatMap { $0.heldOut.labels.map { Int($0) } }
    let width = paths.first?.heldOut.states.columns ?? 0
    var positions = paths.map { _ in [Double](repeating: 0, count: labels * (width + 1)) }
    var (candidates, leastLoss, sinceLeast) = ([Chosen](), Double.infinity, 0)
    for (number, strength) in strengths.enumerated() {
      let outcomes = outcomes(of: paths, from: positions, strength: strength)
      positions = outcomes.map(\.position)
      let score = score(outcomes.flatMap(\.predictions), references)
      candidates.append(Chosen(strength: strength, score: score, start: mean(of: positions)))
      let loss = outcomes.reduce(0) { $0 + $1.loss }
      sinceLeast = loss < leastLoss ? 0 : sinceLeast + 1
      leastLoss = min(leastLoss, loss)
      guard goesOn(Double(number + 1) / Double(strengths.count)) else { return nil }
      if sinceLeast == ProbeFolds.patience { break }
    }
    return strongest(of: candidates, examples: examples)
  }

  private func strongest(of candidates: [Chosen], examples: Int) -> Chosen? {
    guard let best = candidates.map(\.score).max() else { return nil }
    let deviation = max(0, best * (1 - best)).squareRoot()
    let enough = best - min(0.01, 0.5 * deviation / Double(max(1, examples)).squareRoot())
    return candidates.first { $0.score >= enough }
  }

  // Folds are what threads share out, so each computes on its own thread alone.
  private func outcomes(
    of paths: [Path], from positions: [[Double]], strength: Double
  ) -> [Outcome] {
    let (labels, weights, alone) = (labels, weights, ThreadTeam(count: 1))
    return team.mapInTurn(paths.count) { index in
      let path = paths[index]
      let loss = SoftmaxLoss(
        parts: path.training, labels: labels, weights: weights, l2: strength, team: alone)
      let position = Self.choosing.minimize(from: positions[index]) { loss($0) }.point.position
      let logits = SoftmaxClassifier(position, labels: labels).logits(of: path.heldOut.states)
      return Outcome(
        position: position, predictions: indicesOfMaxima(logits),
        loss: path.heldOut.crossEntropy(logits, weights: weights, gradient: nil))
    }
  }

  private func mean(of positions: [[Double]]) -> [Double] {
    positions[0].indices.map { index in
      positions.reduce(0) { $0 + $1[index] } / Double(positions.count)
    }
  }
}

/// The index of the largest value in each row, the first of equal ones.
package func indicesOfMaxima(_ values: Tensor) -> [Int] {
  let columns = values.columns
  return values.buffer.withSpan { span in
    (0..<values.rows).map { row in
      (1..<max(1, columns)).reduce(0) { best, column in
        span[row * columns + column] > span[row * columns + best] ? column : best
      }
    }
  }
}
