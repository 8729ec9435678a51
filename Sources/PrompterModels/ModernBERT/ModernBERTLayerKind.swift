// SPDX-License-Identifier: Apache-2.0

extension ModernBERT {
  /// How a layer attends: over the whole text or near each token, at angles of its own.
  public struct LayerKind: Sendable, Equatable {
    /// How many places before or after its own a token hears others; nil for all.
    public let window: Int?
    /// The base of the rotary positions' frequencies.
    public let base: Float
  }
}

extension ModernBERT.LayerKind {
  private enum CodingKeys: String, CodingKey {
    case kinds = "layer_types"
    case rotations = "rope_parameters"
    case window = "local_attention"
    case period = "global_attn_every_n_layers"
    case globalBase = "global_rope_theta"
    case localBase = "local_rope_theta"
    case scaling = "rope_scaling"
  }

  // What `rope_parameters` has for a kind of layer.
  private struct Rotary: Decodable {
    var rope_type: String?
    var rope_theta: Float?
  }

  private static let (full, sliding) = ("full_attention", "sliding_attention")

  /// The kinds of so many layers.
  ///
  /// Files of transformers 4 say that every so many layers one hears the whole text, and have a key
  /// for each base; those of transformers 5 have a list of kinds, and the bases under their names.
  static func all(_ count: Int, from decoder: any Decoder) throws -> [Self] {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    if values.contains(.scaling), try !values.decodeNil(forKey: .scaling) {
      throw BackboneError.unusable(
        key: "rope_scaling", found: "set", expected: "rotary positions that are not scaled")
    }
    let span = try values.size(.window, default: 128)
    guard span >= 2 else {
      throw BackboneError.unusable(
        key: "local_attention", found: "\(span)", expected: "2 or more")
    }
    let base = try values.base(.globalBase, default: 160_000)
    // A null meant the other kind's.
    let isNull = try values.contains(.localBase) && values.decodeNil(forKey: .localBase)
    let kinds = [
      full: Self(window: nil, base: try rotation(full, in: values) ?? base),
      sliding: Self(
        window: span / 2,
        base: try rotation(sliding, in: values)
          ?? (isNull ? base : values.base(.localBase, default: 10_000))),
    ]
    return try names(count, in: values).map { name in
      guard let kind = kinds[name] else {
        throw BackboneError.unusable(
          key: "layer_types", found: "`\(name)`", expected: "`\(full)` or `\(sliding)`")
      }
      return kind
    }
  }

  private static func names(
    _ count: Int, in values: KeyedDecodingContainer<CodingKeys>
  ) throws -> [String] {
    guard let names = try values.decodeIfPresent([String].self, forKey: .kinds) else {
      let period = try values.size(.period, default: 3)
      return (0..<count).map { $0 % period == 0 ? full : sliding }
    }
    guard names.count == count else {
      throw BackboneError.unusable(
        key: "layer_types", found: "a list of \(names.count)",
        expected: "one for each of \(count) layers")
    }
    return names
  }

  private static func rotation(
    _ kind: String, in values: KeyedDecodingContainer<CodingKeys>
  ) throws -> Float? {
    let all = try values.decodeIfPresent([String: Rotary?].self, forKey: .rotations)
    guard let rotary = all?[kind] ?? nil else { return nil }
    guard rotary.rope_type ?? "default" == "default" else {
      throw BackboneError.unusable(
        key: "rope_parameters", found: "`\(rotary.rope_type ?? "")`", expected: "`default`")
    }
    return try rotary.rope_theta.map { try checkedBase($0, key: "rope_theta") }
  }
}

extension KeyedDecodingContainer {
  fileprivate func base(_ key: Key, default fallback: Float) throws -> Float {
    try checkedBase(
      try decodeIfPresent(Float.self, forKey: key) ?? fallback, key: key.stringValue)
  }
}

private func checkedBase(_ base: Float, key: String) throws -> Float {
  guard base.isFinite, base > 0 else {
    throw BackboneError.unusable(key: key, found: "\(base)", expected: "a positive number")
  }
  return base
}
