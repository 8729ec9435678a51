// SPDX-License-Identifier: Apache-2.0

public import PrompterTensor

/// A record of one computation, played backwards to find gradients.
///
/// Reverse-mode differentiation by closures: each operation on a recorded variable leaves a closure
/// that takes the gradient of its output and adds to the gradients of its inputs. A tape belongs to
/// one thread.
///
/// ```swift
/// let tape = Tape()
/// let x = tape.variable(Tensor([1, 2], shape: [1, 2]))
/// tape.pullback(from: tanh(x), seed: Tensor([1, 1], shape: [1, 2]))
/// x.gradient  // 1 - tanh²
/// ```
public final class Tape {
  private var records: [(output: Adjoint, pullback: (Tensor) -> Void)] = []

  // Leaves whose gradients are handed over, each with the number of records before it.
  private var leaves: [(adjoint: Adjoint, start: Int, receive: (Gradient) -> Void)] = []

  /// An empty tape.
  public init() {}

  /// A leaf: a variable whose gradient is wanted and kept.
  public func variable(_ value: Tensor) -> Variable {
    Variable(value, Adjoint(value.shape, on: self))
  }

  /// A leaf whose gradient is handed over, not kept, as soon as it is complete: when the tape has
  /// been played back to where the leaf was made.
  ///
  /// - Parameters:
  ///   - value: The value.
  ///   - receive: Called with the gradient, if the leaf has one.
  /// - Returns: The leaf.
  public func variable(
    _ value: Tensor, handingGradientTo receive: @escaping (Gradient) -> Void
  ) -> Variable {
    let variable = variable(value)
    if let adjoint = variable.adjoint { leaves.append((adjoint, records.count, receive)) }
    return variable
  }

  /// The number of operations recorded since the tape was made or last played.
  public var recordCount: Int { records.count }

  // The pullback should hold adjoints, and of values only those that it reads.
  func record(_ value: Tensor, pullback: @escaping (Tensor) -> Void) -> Variable {
    let output = Adjoint(value.shape, on: self)
    records.append((output, pullback))
    return Variable(value, output)
  }

  /// Plays the tape backwards from a scalar, whose gradient is 1.
  public func pullback(from loss: Variable) {
    pullback(from: loss, seed: Tensor(repeating: 1, shape: loss.shape))
  }

  /// Plays the tape backwards from a variable with a given gradient.
  public func pullback(from variable: Variable, seed: Tensor) {
    variable.accumulate(seed)
    playBackwards()
  }

  /// Plays the tape backwards from the gradients that variables already have.
  ///
  /// Leaves keep their gradients, or hand them over as soon as they are complete; what lies between
  /// is freed on the way.
  public func playBackwards() {
    while let record = records.popLast() {
      if let gradient = record.output.take() { record.pullback(gradient.tensor) }
      handOver()
    }
    handOver()
  }

  private func handOver() {
    while let leaf = leaves.last, leaf.start >= records.count {
      leaves.removeLast()
      if let gradient = leaf.adjoint.takeOwned() { leaf.receive(gradient) }
    }
  }
}

extension Tape {
  // The tape of whichever variable is recorded; variables of two tapes never meet.
  static func common(_ variables: Variable?...) -> Tape? { common(variables) }

  static func common(_ variables: [Variable?]) -> Tape? {
    var found: Tape?
    for case let variable? in variables {
      guard let tape = variable.tape else { continue }
      precondition(found == nil || found === tape, "Variables of two tapes in one operation.")
      found = tape
    }
    return found
  }
}
