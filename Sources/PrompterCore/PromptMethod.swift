// SPDX-License-Identifier: Apache-2.0

public import PrompterNN
internal import PrompterTensor

/// A way to teach a backbone a task by something other than its weights.
///
/// A method knows no model family: it makes a ``PromptState`` from its parameters, and any backbone
/// consumes that.
public protocol PromptMethod: Sendable {
  /// What training changes, besides the head.
  var parameters: [Parameter] { get }

  /// The state of this one prompt, recorded on the pass's tape.
  func makeState(in pass: Pass) -> PromptState

  /// What is left of the prompt after training, every reparameterization folded away.
  func folded() -> FoldedPrompt
}

extension PromptMethod {
  /// The number of values that training changes, besides the head's.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.shape.count } }
}
