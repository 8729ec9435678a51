// SPDX-License-Identifier: Apache-2.0

/// The stack of layers that keys and values of a prompt stand in.
public enum PromptStack: String, Codable, Sendable, CaseIterable {
  /// The layers that read: all there are, but in an encoder-decoder.
  case encoder
  /// The layers that write, in their attention to what was written, as Hugging Face PEFT has it.
  case decoder
}
