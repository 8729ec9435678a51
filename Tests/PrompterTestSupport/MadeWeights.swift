// SPDX-License-Identifier: Apache-2.0

/// Files of weights that are made of a seed and the tensors' names, the same as in
/// Scripts/make-differential-fixtures.py.
public struct MadeWeights {
  /// A tensor under the name that it has in the file.
  public struct Entry {
    var name: String
    var extents: [Int]
    var values: [Float]
  }

  /// How values are stored; all that are made are the same in every type.
  public enum Element: String, Decodable, Sendable {
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
  }

  /// The tensors, in the order of the files.
  public private(set) var entries: [Entry] = []
  private let seed: Int
  private let element: Element

  /// No tensors yet.
  public init(seed: Int, element: Element) {
    self.seed = seed
    self.element = element
  }

  /// Adds the tensor that a name stands for, in the file under another name perhaps.
  public mutating func add(_ name: String, _ extents: [Int], as fileName: String? = nil) {
    entries.append(
      Entry(
        name: fileName ?? name, extents: extents,
        values: Self.values(seed: seed, name: name, extents: extents)))
  }

  /// Adds a tensor of ones.
  public mutating func add(ones extents: [Int], as fileName: String) {
    entries.append(
      Entry(
        name: fileName, extents: extents,
        values: [Float](repeating: 1, count: extents.reduce(1, *))))
  }

  // Gains about 1, biases of at most a quarter, embeddings up to 1, weights by their inputs.
  private static func values(seed: Int, name: String, extents: [Int]) -> [Float] {
    var numbers = MadeNumbers(seed: seed, purpose: name)
    let raw = numbers.bytes(extents.reduce(1, *))
    if extents.count == 1 {
      return name.hasSuffix(".weight")
        ? raw.map { 1 + Float($0 >> 2) / 64 } : raw.map { Float($0) / 512 }
    }
    if name.contains("embed") || name.hasPrefix("shared") || name.contains("relative") {
      return raw.map { Float($0) / 128 }
    }
    let bits = Int.bitWidth - (extents.last ?? 1).leadingZeroBitCount
    let scale = Float(sign: .plus, exponent: bits / 2 - 1 + 7, significand: 1)
    return raw.map { Float($0) / scale }
  }

  // MARK: Files

  /// The files of a format: `safetensors`, `sharded` or `bin`.
  public func files(_ format: String) -> [String: [UInt8]] {
    switch format {
    case "bin": ["pytorch_model.bin": pickled()]
    case "sharded": sharded()
    default: ["model.safetensors": safetensors(entries)]
    }
  }

  private func sharded() -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    var map: [String] = []
    for shard in 0..<2 {
      let own = entries.indices.filter { $0 % 2 == shard }.map { entries[$0] }
      let name = "model-0000\(shard + 1)-of-00002.safetensors"
      guard !own.isEmpty else { continue }
      files[name] = safetensors(own)
      map += own.map { "\"\($0.name)\":\"\(name)\"" }
    }
    files["model.safetensors.index.json"] = Array(
      "{\"metadata\":{},\"weight_map\":{\(map.joined(separator: ","))}}".utf8)
    return files
  }

  private func safetensors(_ entries: [Entry]) -> [UInt8] {
    var fields = ["\"__metadata__\":{\"format\":\"pt\"}"]
    var data: [UInt8] = []
    for entry in entries {
      let start = data.count
      data += bytes(of: entry.values)
      let extents = entry.extents.map(String.init).joined(separator: ",")
      fields.append(
        "\"\(entry.name)\":{\"dtype\":\"\(element.rawValue)\",\"shape\":[\(extents)],"
          + "\"data_offsets\":[\(start),\(data.count)]}")
    }
    var header = Array("{\(fields.joined(separator: ","))}".utf8)
    header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
    return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + data
  }

  private func pickled() -> [UInt8] {
    let type =
      switch element {
      case .float32: "FloatStorage"
      case .float16: "HalfStorage"
      case .bfloat16: "BFloat16Storage"
      }
    let items = entries.enumerated().map { place, entry in
      let strides = entry.extents.indices.map { entry.extents[($0 + 1)...].reduce(1, *) }
      return (
        entry.name,
        PickleMaker.tensor(
          PickleMaker.storage("\(place)", type: type, count: entry.values.count),
          extents: entry.extents, strides: strides)
      )
    }
    return ArchiveMaker(
      pickle: PickleMaker.dictionary(items), storages: entries.map { bytes(of: $0.values) }
    ).bytes
  }

  private func bytes(of values: [Float]) -> [UInt8] {
    switch element {
    case .float32: values.flatMap { Self.bytes($0.bitPattern, 4) }
    case .bfloat16: values.flatMap { Self.bytes($0.bitPattern >> 16, 2) }
    case .float16: values.flatMap { Self.bytes(Self.half($0), 2) }
    }
  }

  private static func bytes(_ number: UInt32, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  // A value that half precision holds exactly as a normal number, or zero.
  private static func half(_ value: Float) -> UInt32 {
    guard value != 0 else { return 0 }
    let sign: UInt32 = value < 0 ? 0x8000 : 0
    return sign | UInt32(value.exponent + 15) << 10 | value.significandBitPattern >> 13
  }
}
