// SPDX-License-Identifier: Apache-2.0

internal import PrompterAnswering
internal import PrompterAutodiff
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTasks
internal import PrompterTensor

// A head is trained in units of its outputs' deviation from their center, so that rates, decay,
// limits of gradients and the loss mean the same whatever the outputs do.
extension OutputScale {
  /// The loss of what a head in these units gives, in these units too.
  ///
  /// - Parameters:
  ///   - kind: The kind of task, which knows its outputs as they are.
  ///   - outputs: What the head gives [states read, outputs].
  ///   - targets: What outputs should be.
  ///   - step: What the examples of a step have in common.
  /// - Returns: A number.
  func loss<Kind: HeadKind>(
    of kind: Kind, _ outputs: Variable, for targets: [Kind.Target], _ step: TrainingStep
  ) -> Variable {
    guard self != .standard else {
      return kind.loss(of: outputs, for: targets, scale: step.scale, zLoss: step.zLoss)
    }
    let center = Tensor(repeating: center, shape: [outputs.value.columns])
    return kind.loss(
      of: addBias(scaled(outputs, by: Float(deviation)), Variable(center)), for: targets,
      scale: step.scale / Float(deviation * deviation), zLoss: step.zLoss)
  }

  /// The frozen head that gives outputs as they are, for one in these units.
  func applied(to head: Linear) -> Linear {
    guard self != .standard else { return head.frozen() }
    let deviation = Float(deviation)
    let weight = head.weight.value
    return Linear(
      weight: Parameter(
        head.weight.name,
        Tensor(weight.values.map { $0 * deviation }, shape: weight.shape), isTrained: false),
      bias: Parameter(
        head.bias.name,
        Tensor(
          head.bias.value.values.map { $0 * deviation + center }, shape: head.bias.value.shape),
        isTrained: false))
  }

  /// Gives a head in these units the values of one that gives outputs as they are.
  func set(_ head: Linear, to fitted: FittedHead) {
    guard self != .standard else {
      head.weight.value.buffer.update(from: fitted.weight.buffer)
      head.bias.value.buffer.update(from: fitted.bias.buffer)
      return
    }
    let deviation = Float(deviation)
    let weight = Tensor(
      fitted.weight.values.map { $0 / deviation }, shape: fitted.weight.shape)
    let bias = Tensor(
      fitted.bias.values.map { ($0 - center) / deviation }, shape: fitted.bias.shape)
    head.weight.value.buffer.update(from: weight.buffer)
    head.bias.value.buffer.update(from: bias.buffer)
  }
}
