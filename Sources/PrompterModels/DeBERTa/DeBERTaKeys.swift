// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels

/// The keys of config.json that are read of a DeBERTa of version 2 or 3.
enum DeBERTaKeys: String, CodingKey {
  case modelType = "model_type"
  case width = "hidden_size"
  case embeddingWidth = "embedding_size"
  case layerCount = "num_hidden_layers"
  case headCount = "num_attention_heads"
  case headSize = "attention_head_size"
  case innerWidth = "intermediate_size"
  case vocabularyCount = "vocab_size"
  case positionCount = "max_position_embeddings"
  case segmentCount = "type_vocab_size"
  case epsilon = "layer_norm_eps"
  case hiddenDropout = "hidden_dropout_prob"
  case attentionDropout = "attention_probs_dropout_prob"
  case activation = "hidden_act"
  case poolerActivation = "pooler_hidden_act"
  case addsPositions = "position_biased_input"
  case isRelative = "relative_attention"
  case terms = "pos_att_type"
  case buckets = "position_buckets"
  case reach = "max_relative_positions"
  case sharesProjections = "share_att_key"
  case tableNorm = "norm_rel_ebd"
  case convolutionSize = "conv_kernel_size"
  case convolutionGroups = "conv_groups"
  case convolutionActivation = "conv_act"
  case refinements = "z_steps"
  case isDecoder = "is_decoder"
}

extension KeyedDecodingContainer<DeBERTaKeys> {
  func flag(_ key: Key, default fallback: Bool) throws -> Bool {
    try decodeIfPresent(Bool.self, forKey: key) ?? fallback
  }

  // A size, or nil where it is 0, as it is by default.
  func count(_ key: Key) throws -> Int? {
    try decodeIfPresent(Int.self, forKey: key) ?? 0 == 0 ? nil : size(key)
  }

  // A list, or names with lines between them.
  private func names(_ key: Key) throws -> [String] {
    guard contains(key), try !decodeNil(forKey: key) else { return [] }
    if let list = try? decode([String].self, forKey: key) { return list }
    return try decode(String.self, forKey: key).lowercased().split(separator: "|").map {
      String($0.drop { $0 == " " }.prefix { $0 != " " })
    }
  }

  func terms() throws -> Set<DeBERTaV2.Configuration.Term> {
    try Set(
      names(.terms).map { name in
        guard let term = DeBERTaV2.Configuration.Term(rawValue: name) else {
          throw BackboneError.unusable(
            key: Key.terms.stringValue, found: "`\(name)`", expected: "`c2p`, `p2c` or both")
        }
        return term
      })
  }

  func positions(limit: Int) throws -> DeBERTaV2.Configuration.Positions {
    let named = try decodeIfPresent(Int.self, forKey: .reach) ?? -1
    let reach = named < 1 ? limit : try size(.reach)
    let buckets = try decodeIfPresent(Int.self, forKey: .buckets) ?? -1
    guard buckets < 1 || buckets >= 2 && reach - 1 > buckets / 2 else {
      throw BackboneError.unusable(
        key: Key.buckets.stringValue, found: "\(buckets) up to distance \(reach)",
        expected: "2 buckets or more, half of them below `max_relative_positions`")
    }
    let norms = try names(.tableNorm)
    if let unknown = norms.first(where: { $0 != "none" && $0 != "layer_norm" }) {
      throw BackboneError.unusable(
        key: Key.tableNorm.stringValue, found: "`\(unknown)`", expected: "`layer_norm` or `none`")
    }
    return DeBERTaV2.Configuration.Positions(
      distances: DeBERTaDistances(
        bucketCount: buckets < 1 ? nil : try size(.buckets), reach: reach),
      sharesProjections: try flag(.sharesProjections, default: false),
      isNormalized: norms.contains("layer_norm"))
  }

  func convolution(width: Int) throws -> DeBERTaV2.Configuration.Convolution? {
    guard let size = try count(.convolutionSize) else { return nil }
    let groups = try self.size(.convolutionGroups, default: 1)
    guard size % 2 == 1 else {
      throw BackboneError.unusable(
        key: Key.convolutionSize.stringValue, found: "\(size)", expected: "an odd number")
    }
    guard width % groups == 0 else {
      throw BackboneError.unusable(
        key: Key.convolutionGroups.stringValue, found: "\(groups)",
        expected: "a divisor of `hidden_size`, which is \(width)")
    }
    return DeBERTaV2.Configuration.Convolution(
      size: size, groups: groups,
      activation: try deBERTaActivation(.convolutionActivation, default: "tanh"))
  }

  func deBERTaActivation(_ key: Key, default fallback: String) throws -> DeBERTaActivation {
    let name = try decodeIfPresent(String.self, forKey: key) ?? fallback
    return name == "tanh" ? .tanh : .perceptron(try activation(key, default: fallback))
  }

  // Variants that some checkpoint might ask for and that are not computed here.
  func checkRest(headSize: Int) throws {
    if let found = try decodeIfPresent(Int.self, forKey: .headSize), found != headSize {
      throw BackboneError.unusable(
        key: Key.headSize.stringValue, found: "\(found)",
        expected: "\(headSize), the heads' share of `hidden_size`")
    }
    if let found = try decodeIfPresent(Int.self, forKey: .refinements), found > 1 {
      throw BackboneError.unusable(
        key: Key.refinements.stringValue, found: "\(found)", expected: "0 or 1")
    }
    // Its words would not see those after them.
    guard try !flag(.isDecoder, default: false) else {
      throw BackboneError.unusable(
        key: Key.isDecoder.stringValue, found: "true", expected: "`false`")
    }
  }
}
