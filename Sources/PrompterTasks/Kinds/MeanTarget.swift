// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff

/// What the mean of the outputs of an example's rows should be.
public struct MeanTarget<Value: Sendable & Equatable>: Sendable, Equatable {
  /// What it should be.
  public let value: Value
  /// The rows: one, but for a text that is read in windows.
  public let rowCount: Int

  /// A target of an example with so many rows.
  public init(_ value: Value, rowCount: Int = 1) {
    (self.value, self.rowCount) = (value, rowCount)
  }

  /// The means of outputs over each example's rows [examples, outputs].
  ///
  /// The mean of what a linear head gives is what it gives for the mean of the states, so a head
  /// may as well be fitted to these.
  static func means(of outputs: Variable, for targets: [MeanTarget]) -> Variable {
    guard targets.contains(where: { $0.rowCount > 1 }) else { return outputs }
    let ends = targets.reduce(into: [Int32]()) { $0.append(($0.last ?? 0) + Int32($1.rowCount)) }
    return meanRows(of: outputs, begin: [0] + ends.dropLast(), end: ends)
  }
}

/// The mean of what a head gave for each row of one example.
func meanOutputs(_ outputs: [[Float]]) -> [Float] {
  guard let first = outputs.first, outputs.count > 1 else { return outputs.first ?? [] }
  return first.indices.map { column in
    Float(outputs.reduce(0.0) { $0 + Double($1[column]) } / Double(outputs.count))
  }
}
