// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// Ridge regression on states that stay as they are, with the strength of its penalty chosen by
/// folds of the training data.
///
/// Each head is the solution of its normal equations, in double precision. The strength is taken
/// whose folds' heads have the least squared error on the examples that they have not seen; of
/// equal ones the strongest. Few examples are dealt out into folds several times. Validation data
/// play no part.
struct RidgeProbe {
  /// The score of predictions against true numbers, told beside the head.
  let score: @Sendable (_ predictions: [Double], _ references: [Double]) -> Double
  /// The seed of the folds.
  let seed: UInt64
  /// The threads; their number changes no bit.
  let team: ThreadTeam

  /// Fits a head.
  ///
  /// - Parameters:
  ///   - states: What is learnt from [examples, width]; at least one example.
  ///   - targets: Their numbers.
  ///   - strengths: The penalties to choose among, from strong to weak.
  ///   - goesOn: Told after each strength of the share that is done; whether to go on.
  /// - Returns: The head; nil if told to stop.
  /// - Complexity: O(examples × width²) for the moments, and O(width³) for each fold and strength.
  func fit(
    _ states: Tensor, targets: [Float], strengths: [Double] = ProbeFolds.strengths,
    goesOn: (_ share: Double) -> Bool = { _ in true }
  ) -> FittedHead? {
    let stopwatch = Stopwatch()
    guard Kernels.isFinite(states.buffer) else {
      // Whoever fits refuses the loss, as that of any other training.
      return FittedHead(
        weight: Tensor(zeros: [1, states.columns]), bias: Tensor(zeros: [1]),
        fit: HeadFit(
          l2: 0, folds: 0, score: 0, loss: .nan, iterations: 0, hasConverged: false, seconds: 0))
    }
    let data = CenteredStates(states, targets)
    let folds = (0..<ProbeFolds.repetitions(examples: data.count)).flatMap { self.folds(data, $0) }
    let moments = team.mapInTurn(folds.count) { data.moments(of: folds[$0]) }
    // The first dealing has every example once.
    let all = moments.prefix(ProbeFolds.count(examples: data.count)).reduce(
      StateMoments(width: data.width)
    ) { $0.with($1) }
    let paths = zip(folds, moments).map { Path(heldOut: $0, training: all.without($1)) }
    let unit = data.scale.variance
    guard let chosen = choose(among: strengths, unit: unit, on: paths, of: data, goesOn),
      let solution = all.solution(penalty: chosen.strength * unit)
    else { return nil }
    let predictions = (0..<data.count).map { data.prediction(of: $0, by: solution) }
    let loss = zip(predictions, data.targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return FittedHead(
      weight: Tensor(solution.weight.map { Float($0) }, shape: [1, data.width]),
      bias: Tensor([Float(data.uncentered(solution))], shape: [1]),
      fit: HeadFit(
        l2: chosen.strength * unit, folds: folds.count, score: chosen.score,
        loss: loss / Double(data.count), iterations: 0, hasConverged: true,
        seconds: stopwatch.seconds))
  }
}

// MARK: - Choosing the strength

extension RidgeProbe {
  // What a head learns from and what it is scored on.
  private struct Path: Sendable {
    let heldOut: [Int]
    let training: StateMoments
  }

  private struct Chosen {
    let strength: Double
    let score: Double
  }

  // A random order, dealt out in turn.
  private func folds(_ data: CenteredStates, _ repetition: Int) -> [[Int]] {
    var generator = SeededGenerator(seed: seed, purpose: "ridge folds", index: repetition)
    return ProbeFolds.dealt((0..<data.count).shuffled(using: &generator))
  }

  private func choose(
    among strengths: [Double], unit: Double, on paths: [Path], of data: CenteredStates,
    _ goesOn: (Double) -> Bool
  ) -> Chosen? {
    let references = paths.flatMap { $0.heldOut.map { data.targets[$0] } }
    var (best, leastError, sinceLeast) = (Chosen?.none, Double.infinity, 0)
    for (number, strength) in strengths.enumerated() {
      let predictions = team.mapInTurn(paths.count) { index -> [Double] in
        let path = paths[index]
        let solution = path.training.solution(penalty: strength * unit)
        return path.heldOut.map { example in
          solution.map { data.prediction(of: example, by: $0) } ?? .nan
        }
      }.flatMap(\.self)
      let error = zip(predictions, references).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      sinceLeast = error < leastError ? 0 : sinceLeast + 1
      if error < leastError {
        leastError = error
        best = Chosen(strength: strength, score: score(predictions, references))
      }
      guard goesOn(Double(number + 1) / Double(strengths.count)) else { return nil }
      if sinceLeast == ProbeFolds.patience { break }
    }
    return best ?? strengths.first.map { Chosen(strength: $0, score: 0) }
  }
}

/// States and targets with their means, in double precision as they are read.
private struct CenteredStates: Sendable {
  let width: Int
  let count: Int
  /// The targets, their mean taken off.
  let targets: [Double]
  /// The features' means and their mean variance.
  let scale: StateScale

  private let states: Tensor
  private let targetMean: Double

  init(_ states: Tensor, _ targets: [Float]) {
    (self.states, width, count) = (states, states.columns, states.rows)
    let targetMean = PrompterTasks.mean(of: targets.map(Double.init))
    self.targetMean = targetMean
    self.targets = targets.map { Double($0) - targetMean }
    scale = StateScale(of: states)
  }

  private func state(_ example: Int) -> [Double] {
    states.buffer.withSpan { span in
      (0..<width).map { Double(span[example * width + $0]) - scale.mean[$0] }
    }
  }

  func moments(of examples: [Int]) -> StateMoments {
    var moments = StateMoments(width: width)
    for example in examples { moments.add(state(example), targets[example]) }
    return moments
  }

  func prediction(of example: Int, by head: (weight: [Double], bias: Double)) -> Double {
    zip(head.weight, state(example)).reduce(head.bias) { $0 + $1.0 * $1.1 }
  }

  /// The bias over states and for targets as they are.
  func uncentered(_ head: (weight: [Double], bias: Double)) -> Double {
    zip(head.weight, scale.mean).reduce(head.bias + targetMean) { $0 - $1.0 * $1.1 }
  }
}
