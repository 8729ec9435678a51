// SPDX-License-Identifier: Apache-2.0

import PrompterCheckpoint
import PrompterNN
import PrompterTensor
import Testing

extension GoldenCase {
  /// Expects each gradient of a step at most a share of its length away from PyTorch's, and none
  /// that PyTorch has to be missing.
  func checkGradients(
    of step: TrainingRun.Step, _ run: TrainingRun, within limit: Double
  ) throws {
    var compared: Set<String> = []
    for (parameter, gradient) in zip(run.parameters, step.gradients) {
      guard let gradient else { continue }
      for (name, part) in parts(of: gradient, like: parameter) {
        let expected = try prompted(file.tensor("gradient." + name), like: parameter)
        // The gradient of a key's bias is zero but for rounding, in PyTorch as here.
        let length = norm(expected) < 1e-5 * step.norm ? step.norm : nil
        let gap = relativeGap(part, expected, of: length)
        #expect(gap <= limit, "\(name): off by \(gap)")
        compared.insert("gradient." + name)
      }
    }
    #expect(compared == Set(file.names.filter { $0.hasPrefix("gradient.") }))
  }
}

private func norm(_ values: [Float]) -> Double {
  values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
}

/// A gradient cut as the parameter's files cut the parameter.
func parts(of gradient: Tensor, like parameter: Parameter) -> [(String, [Float])] {
  let values = gradient.values
  let stride = values.count / (parameter.parts.last?.rows.upperBound ?? 1)
  return parameter.parts.map { part in
    (part.name, Array(values[part.rows.lowerBound * stride..<part.rows.upperBound * stride]))
  }
}
