// SPDX-License-Identifier: Apache-2.0

public import PrompterTensor

extension PromptTables<Tensor> {
  /// Resident prompts in one set of tables: what serves a batch of mixed tasks.
  ///
  /// - Parameters:
  ///   - prompts: The prompts; batch rows name them by their index here.
  ///   - layerCount: The number of the backbone's layers.
  ///   - decoderLayerCount: The number of its decoder's layers, if it has one.
  ///   - width: The width of the backbone's word embeddings.
  /// - Complexity: O(prompts × layers); of their values only those that stand where words stand are
  ///   copied.
  public init(
    _ prompts: [ResidentPrompt], layerCount: Int, decoderLayerCount: Int = 0, width: Int
  ) {
    func layers(_ stack: PromptStack, _ count: Int) -> [Layer?] {
      (0..<count).map { layer in
        let blocks = prompts.map { $0.block(layer, of: stack) }
        return blocks.contains { $0 != nil } ? Layer(blocks: blocks) : nil
      }
    }
    self.init(
      input: Self.input(prompts.map(\.input), width),
      decoderInput: Self.input(prompts.map(\.decoderInput), width),
      layers: layers(.encoder, layerCount), decoderLayers: layers(.decoder, decoderLayerCount),
      firstPositions: prompts.map { Int32($0.firstPosition) })
  }

  /// Resident prompts in one set of tables for a backbone.
  public init(_ prompts: [ResidentPrompt], for backbone: any Backbone) {
    self.init(
      prompts, layerCount: backbone.layerCount,
      decoderLayerCount: backbone.layerCount(of: .decoder), width: backbone.embeddingWidth)
  }

  /// The prompts that some rows name, of any number that are there.
  ///
  /// - Parameters:
  ///   - rows: Rows that name prompts by their indices in `residents`.
  ///   - residents: All prompts.
  ///   - backbone: The backbone that they belong to.
  /// - Returns: Tables of those that are named, each once, and the rows, which name them by their
  ///   indices there.
  /// - Complexity: O(rows + prompts named × layers), however many there are.
  public static func serving(
    _ rows: [Row], of residents: [ResidentPrompt], for backbone: any Backbone
  ) -> (tables: Self, rows: [Row]) {
    var named: [ResidentPrompt] = []
    var places: [Int: Int] = [:]
    let renamed = rows.map { row in
      var row = row
      let place = places[row.prompt] ?? named.count
      if places.updateValue(place, forKey: row.prompt) == nil {
        named.append(residents[row.prompt])
      }
      row.prompt = place
      return row
    }
    return (Self(named, for: backbone), renamed)
  }

  private static func input(_ vectors: [Tensor?], _ width: Int) -> Input? {
    let present = vectors.compactMap(\.self)
    guard !present.isEmpty else { return nil }
    return Input(
      vectors: Tensor(joiningRowsOf: present, columns: width),
      table: Table(lengths: vectors.map { $0?.shape[0] ?? 0 }))
  }
}
