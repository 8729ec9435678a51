// SPDX-License-Identifier: Apache-2.0

import PrompterNN
import PrompterTensor
import Testing

@Suite struct ParameterTests {
  @Test func `a weight of its own has one part, itself`() {
    let parameter = Parameter("w", Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2]), isTrained: true)
    #expect(parameter.parts == [Parameter.Part(name: "w", rows: 0..<3)])
    #expect(parameter.namedParts.map(\.name) == ["w"])
    #expect(parameter.namedParts[0].value.shape == [3, 2])
    #expect(parameter.namedParts[0].value.values == parameter.value.values)
    #expect(Parameter("scalar", Tensor([1], shape: []), isTrained: false).parts[0].rows == 0..<1)
  }

  @Test func `joined matrices come apart under the names they had`() {
    let weights = [
      (name: "q", value: Tensor([1, 2, 3, 4], shape: [2, 2])),
      (name: "k", value: Tensor([5, 6], shape: [1, 2])),
      (name: "v", value: Tensor([7, 8, 9, 10, 11, 12], shape: [3, 2])),
    ]
    let joined = Parameter("q+k+v", joining: weights, isTrained: false)
    #expect(joined.value.shape == [6, 2])
    #expect(joined.value.values == (1...12).map { Float($0) })
    #expect(joined.parts.map(\.rows) == [0..<2, 2..<3, 3..<6])
    for (part, weight) in zip(joined.namedParts, weights) {
      #expect(part.name == weight.name)
      #expect(part.value.shape == weight.value.shape)
      #expect(part.value.values == weight.value.values)
    }
  }

  @Test func `joined biases come apart too`() {
    let joined = Parameter(
      "b", joining: [("q", Tensor([1, 2], shape: [2])), ("k", Tensor([3], shape: [1]))],
      isTrained: true)
    #expect(joined.value.shape == [3])
    #expect(joined.namedParts.map(\.value.values) == [[1, 2], [3]])
  }
}
