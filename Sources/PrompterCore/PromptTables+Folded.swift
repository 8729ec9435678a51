// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
public import PrompterTensor

extension PromptTables<Tensor> {
  /// Folded prompts side by side, in one set of tables: what serves a batch of mixed tasks.
  ///
  /// - Parameters:
  ///   - prompts: The prompts; batch rows name them by their index here.
  ///   - layerCount: The number of the backbone's layers.
  ///   - width: The backbone's width.
  public init(_ prompts: [FoldedPrompt], layerCount: Int, width: Int) {
    let inputs = prompts.compactMap(\.input)
    var layers: [Layer?] = []
    for layer in 0..<layerCount {
      let owners = prompts.map { $0.deep?.layers.contains(layer) == true ? $0.deep : nil }
      guard owners.contains(where: { $0 != nil }) else {
        layers.append(nil)
        continue
      }
      func block(_ index: Int) -> Tensor {
        let range = index * width..<(index + 1) * width
        let blocks = owners.compactMap { $0.map { columns(range, of: Variable($0.table)).value } }
        return Tensor(joiningRowsOf: blocks, columns: width)
      }
      layers.append(
        Layer(
          keys: block(2 * layer), values: block(2 * layer + 1),
          table: Table(lengths: owners.map { $0?.table.shape[0] ?? 0 })))
    }
    self.init(
      input: inputs.isEmpty
        ? nil
        : Input(
          vectors: Tensor(joiningRowsOf: inputs, columns: width),
          table: Table(lengths: prompts.map(\.inputLength))),
      layers: layers, firstPositions: prompts.map { Int32($0.deepLength) })
  }
}
