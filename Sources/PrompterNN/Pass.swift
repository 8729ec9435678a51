// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterKernels
public import PrompterTensor

/// One forward computation on one thread: the tape, if gradients are wanted, and the dropout.
///
/// A pass hands out parameters as variables, always the same one for the same parameter, and
/// dropout keys in the order in which they are asked for, so that every replica of a step, and a
/// resumed run, drops the same values.
public final class Pass {
  /// The tape; `nil` for inference.
  public let tape: Tape?

  private let receive: ((Parameter, Gradient) -> Void)?
  private let dropoutKey: UInt32
  private var dropoutCount: UInt32 = 0
  private var variables: [ObjectIdentifier: Variable] = [:]

  /// A pass without gradients or dropout.
  public static func inference() -> Pass {
    Pass(tape: nil, dropoutKey: 0, handingGradientsTo: nil)
  }

  /// A training pass.
  ///
  /// - Parameters:
  ///   - seed: The training run's seed.
  ///   - step: The step's number.
  ///   - receive: Called with each parameter's gradient as soon as it is complete; the pass does
  ///     not keep it then.
  /// - Returns: A pass with a tape of its own.
  public static func training(
    seed: UInt64, step: Int, handingGradientsTo receive: ((Parameter, Gradient) -> Void)? = nil
  ) -> Pass {
    var generator = SeededGenerator(seed: seed, purpose: "dropout", index: step)
    return Pass(
      tape: Tape(), dropoutKey: UInt32(truncatingIfNeeded: generator.next()),
      handingGradientsTo: receive)
  }

  private init(
    tape: Tape?, dropoutKey: UInt32, handingGradientsTo receive: ((Parameter, Gradient) -> Void)?
  ) {
    self.tape = tape
    self.dropoutKey = dropoutKey
    self.receive = receive
  }

  /// The variable of a parameter: recorded if the parameter is trained and the pass has a tape.
  public func callAsFunction(_ parameter: Parameter) -> Variable {
    guard let tape, parameter.isTrained else { return Variable(parameter.value) }
    let key = ObjectIdentifier(parameter)
    if let known = variables[key] { return known }
    let variable =
      if let receive {
        tape.variable(parameter.value) { receive(parameter, $0) }
      } else { tape.variable(parameter.value) }
    variables[key] = variable
    return variable
  }

  /// The gradient that a parameter has received.
  public func gradient(of parameter: Parameter) -> Tensor? {
    variables[ObjectIdentifier(parameter)]?.gradient
  }

  /// The gradient that a parameter has received, of a long table only the rows that were read.
  public func compactGradient(of parameter: Parameter) -> Gradient? {
    variables[ObjectIdentifier(parameter)]?.compactGradient
  }

  /// The dropout for the next place that asks; `nil` in inference or when nothing is dropped.
  public func dropout(_ probability: Float) -> Dropout? {
    guard tape != nil, probability > 0 else { return nil }
    dropoutCount += 1
    return Dropout(probability: probability, key: dropoutKey &+ dropoutCount &* 0x9e37_79b9)
  }
}
