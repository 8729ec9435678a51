// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

/// The convolution of version 2's larger models: norm(y + activation(conv(x) + b)) for embeddings x
/// and what the first layer makes of them, y (He and others 2021, section 5).
///
/// A slot sees its neighbours in its own row, and zeros beyond the row's ends. Virtual tokens that
/// stand in a row are slots like any other; keys and values of a deep prompt are none.
struct DeBERTaConvolution: Sendable {
  private let shape: DeBERTaV2.Configuration.Convolution
  private let weight: Parameter  // [width, width / groups, size]
  private let bias: Parameter
  private let norm: LayerNorm
  private let frozen: LinearMap?  // [width, size × width]
  private let roundsFactors: Bool

  init?(from loader: ParameterLoader, _ c: DeBERTaV2.Configuration) throws {
    guard let shape = c.convolution else { return nil }
    self.shape = shape
    let own = loader["conv"]
    weight = try own.parameter("weight", [c.width, c.width / shape.groups, shape.size])
    bias = try own.parameter("bias", [c.width])
    norm = try loader["LayerNorm"].layerNorm(width: c.width, epsilon: c.epsilon)
    let matrix = convolutionMatrix(of: Variable(weight.value), groups: shape.groups).value
    frozen =
      loader.isTrained
      ? nil
      : LinearMap(
        weight: Parameter(weight.name, matrix, isTrained: false), precision: loader.precision)
    roundsFactors = loader.precision.ofTrainedWeights != .float32
  }

  var parameters: [Parameter] { [weight, bias] + norm.parameters }
  var linearMap: LinearMap? { frozen }

  /// The states after the first layer.
  ///
  /// - Parameters:
  ///   - x: What goes into the layer [slots, width].
  ///   - y: What comes out of it [slots read, width].
  ///   - batch: The rows.
  ///   - reading: The slots of y.
  ///   - dropout: The probability of dropping values in training.
  ///   - pass: The tape and its dropout.
  /// - Returns: [slots read, width].
  func callAsFunction(
    _ x: Variable, beside y: Variable, of batch: Batch, reading: Reading, _ dropout: Float,
    _ pass: Pass
  ) -> Variable {
    let near = sideBySide(neighbours(of: reading, in: batch), count: shape.size, of: x)
    let sums =
      frozen.map { $0(near, in: pass) }
      ?? product(
        near, convolutionMatrix(of: pass(weight), groups: shape.groups),
        roundsFactors: roundsFactors)
    let keys = batch.slotKeys
    let own =
      switch reading {
      case .all: keys
      case .slots(let read): read.map { keys[Int($0)] }
      }
    let kept = dropped(addBias(sums, pass(bias)), dropout, own, pass)
    return norm(shape.activation(kept), residual: y, in: pass)
  }

  // The slots around each that is read, −1 beyond its row.
  private func neighbours(of reading: Reading, in batch: Batch) -> [Int32] {
    let (slots, offsets) =
      switch reading {
      case .all: ((0..<Int32(batch.slotCount)).map { $0 }, batch.offsets)
      case .slots(let read): (read, batch.offsets(of: read))
      }
    let reach = Int32(shape.size / 2)
    var neighbours: [Int32] = []
    neighbours.reserveCapacity(slots.count * shape.size)
    for row in 0..<batch.count {
      let own = batch.offsets[row]..<batch.offsets[row + 1]
      for slot in slots[Int(offsets[row])..<Int(offsets[row + 1])] {
        for near in slot - reach...slot + reach {
          neighbours.append(own.contains(near) ? near : -1)
        }
      }
    }
    return neighbours
  }
}

extension DeBERTaActivation {
  /// Its values, element by element.
  func callAsFunction(_ x: Variable) -> Variable {
    switch self {
    case .tanh: PrompterAutodiff.tanh(x)
    case .perceptron(let activation): activate(x, by: activation)
    }
  }
}
