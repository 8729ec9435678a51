// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import Prompter

extension ClassWeights: ExpressibleByArgument {
  /// Weights as they are written: `balanced`, or labels with numbers above 0.
  public init?(argument: String) {
    self.init(argument)
  }
}
