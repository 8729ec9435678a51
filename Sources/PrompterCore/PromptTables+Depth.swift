// SPDX-License-Identifier: Apache-2.0

extension PromptTables {
  /// The number of layers below all prompts: what they compute does not depend on any prompt's
  /// values, only on where its rows begin to count positions.
  ///
  /// All layers if there is no prompt at all, none if vectors stand before the text.
  public var layersBelow: Int {
    if input != nil { return 0 }
    return layers.firstIndex { $0 != nil } ?? layers.count
  }
}
