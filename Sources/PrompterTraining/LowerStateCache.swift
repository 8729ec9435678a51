// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterPrompts
internal import PrompterTasks
internal import PrompterTensor
internal import Synchronization

/// The hidden states below the lowest prompt, kept from epoch to epoch.
///
/// With prompts in the upper layers only (Liu and others 2021, section 4.3), a frozen backbone
/// computes the same below them each time it meets an example. Each example is computed when it is
/// first met, by the same kernels and so to the same bits as without a cache.
///
/// A cache belongs to one run and one backbone in one process, so it cannot be stale.
final class LowerStateCache: Sendable {
  /// The number of layers whose work is saved.
  let layers: Int
  /// The bytes that all states take.
  var byteCount: Int { values.count * MemoryLayout<Float>.stride }
  /// Whether they are in a file rather than in memory.
  var isOnDisk: Bool { values.isOnDisk }

  private let width: Int
  // Example e owns slots offsets[e] ..< offsets[e + 1].
  private let offsets: [Int]
  private let values: ScratchValues
  private let isKnown: Mutex<[Bool]>

  /// Room for the states of a data set's rows; none are computed yet.
  ///
  /// - Throws: `FileError` if they go to a file and its disk has no room.
  init(
    for inputs: [EncodedInput], layers: Int, width: Int, memory: Int, folder: String
  ) throws(FileError) {
    self.layers = layers
    self.width = width
    offsets = inputs.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.ids.count) }
    values = try ScratchValues(
      count: max(1, offsets[offsets.count - 1] * width), memory: memory, folder: folder)
    isKnown = Mutex([Bool](repeating: false, count: inputs.count))
  }

  /// The states of a batch's slots, of which those not met before are computed.
  ///
  /// Replicas may call this at the same time for different examples.
  ///
  /// - Parameters:
  ///   - examples: The index of each of the batch's rows in the data set.
  ///   - rows: The rows, without virtual tokens.
  ///   - backbone: The backbone, always the same one.
  ///   - prompts: Where the rows begin to count positions.
  /// - Returns: [slots, width].
  func states(
    of examples: [Int], _ rows: [Row], on backbone: any Backbone, prompts: PromptTables<Tensor>
  ) -> LowerStates {
    let missing = isKnown.withLock { known in examples.indices.filter { !known[examples[$0]] } }
    if !missing.isEmpty {
      compute(missing.map { examples[$0] }, missing.map { rows[$0] }, on: backbone, prompts)
      isKnown.withLock { known in missing.forEach { known[examples[$0]] = true } }
    }
    let slots = examples.reduce(0) { $0 + offsets[$1 + 1] - offsets[$1] }
    let states = Tensor(uninitialized: [slots, width])
    var place = 0
    for example in examples {
      let range = place..<place + (offsets[example + 1] - offsets[example]) * width
      values.load(into: states.buffer, range, from: offsets[example] * width)
      place = range.upperBound
    }
    return LowerStates(layers: layers, states: states)
  }

  private func compute(
    _ examples: [Int], _ rows: [Row], on backbone: any Backbone, _ prompts: PromptTables<Tensor>
  ) {
    let states = backbone.lowerStates(
      of: rows, prompts: prompts.map { Variable($0) }, through: layers, in: .inference()
    ).slotStates
    var place = 0
    for (row, example) in zip(rows, examples) {
      let range = place..<place + row.ids.count * width
      values.store(states.buffer, range, at: offsets[example] * width)
      place = range.upperBound
    }
  }
}

extension LowerStateCache {
  /// Room for the states of a run's data below its prompts, where they are worth keeping.
  ///
  /// They are if they are met more than once and are the same each time. A disk without room is no
  /// reason to stop; then they are computed anew each time.
  static func pair(
    for training: [EncodedInput], _ validation: [EncodedInput]?, examples: Int,
    in setting: ObjectiveSetting
  ) -> (training: LowerStateCache?, validation: LowerStateCache?) {
    let layers = setting.method.makeState(in: .inference()).layersBelow
    let plan = setting.plan
    let isMetAgain = plan.stepCount(examples: examples) > plan.stepsPerEpoch(examples: examples)
    guard (1..<setting.backbone.layerCount).contains(layers), isMetAgain,
      plan.backboneDropout == 0, setting.trainer.cacheMemory > 0
    else { return (nil, nil) }
    let exists = setting.folder.map {
      FileManager.default.fileExists(atPath: $0.path(percentEncoded: false))
    }
    let place = (exists == true ? setting.folder : nil) ?? FileManager.default.temporaryDirectory
    var memory = setting.trainer.cacheMemory
    func cache(_ inputs: [EncodedInput]?) -> LowerStateCache? {
      guard let inputs, !inputs.isEmpty else { return nil }
      let cache = try? LowerStateCache(
        for: inputs, layers: layers, width: setting.backbone.width, memory: memory,
        folder: place.path(percentEncoded: false))
      if let cache, !cache.isOnDisk { memory -= cache.byteCount }
      return cache
    }
    return (cache(training), cache(validation))
  }
}
