// SPDX-License-Identifier: Apache-2.0

/// Which optimiser to train with, and its options.
public enum OptimizerChoice: Sendable, Equatable {
  /// AdamW with PyTorch's defaults.
  case adamW
  /// Adafactor as T5X has it.
  case adafactor(AdafactorOptions = AdafactorOptions())

  /// The name, as the command line and files spell it.
  public var name: String {
    switch self {
    case .adamW: "adamw"
    case .adafactor: "adafactor"
    }
  }

  /// An optimiser of parameters that has not stepped yet.
  ///
  /// - Parameters:
  ///   - parameters: What it changes.
  ///   - weightDecay: The share of each parameter taken off at each step: times the rate for AdamW,
  ///     as it is for Adafactor.
  /// - Returns: The optimiser.
  public func make(_ parameters: [Parameter], weightDecay: Float) -> any Optimizer {
    switch self {
    case .adamW: AdamW(parameters, weightDecay: weightDecay)
    case .adafactor(let options):
      Adafactor(parameters, weightDecay: weightDecay, options: options)
    }
  }
}

extension OptimizerChoice: CustomStringConvertible {
  /// The name and every option, in words.
  public var description: String {
    switch self {
    case .adamW: name
    case .adafactor(let options): "\(name) (\(options))"
    }
  }
}
