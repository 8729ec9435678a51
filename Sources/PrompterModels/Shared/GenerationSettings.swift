// SPDX-License-Identifier: Apache-2.0

/// What a model's generation_config.json says of how texts are written.
///
/// Its ids go before those of config.json, as in transformers. How tokens are chosen is the
/// caller's to say, so beams, lengths and sampling are not read; rules that change what may be
/// written, and that are not kept here, are named.
struct GenerationSettings: Decodable {
  /// The token that decoding begins with, if it is said.
  let startTokenID: Int32?
  /// The tokens that end a text, if they are said.
  let endTokenIDs: [Int32]?
  /// The keys of rules that are not kept here.
  let unkeptRules: [String]

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }

  /// The rules of transformers 5.23 that forbid, force or weigh tokens, with what stands for none.
  private static let rules: [(key: String, none: Double)] = [
    ("bad_words_ids", 0), ("force_words_ids", 0), ("constraints", 0), ("sequence_bias", 0),
    ("forced_bos_token_id", .nan), ("forced_eos_token_id", .nan), ("suppress_tokens", 0),
    ("begin_suppress_tokens", 0), ("no_repeat_ngram_size", 0), ("encoder_no_repeat_ngram_size", 0),
    ("repetition_penalty", 1), ("encoder_repetition_penalty", 1), ("min_length", 0),
    ("min_new_tokens", 0), ("exponential_decay_length_penalty", 0), ("renormalize_logits", 0),
    ("guidance_scale", 1), ("diversity_penalty", 0), ("remove_invalid_values", 0),
  ]

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    startTokenID = try values.decodeIfPresent(Int32.self, forKey: Key("decoder_start_token_id"))
    let end = Key("eos_token_id")
    if values.contains(end), try !values.decodeNil(forKey: end) {
      let list = try? values.decode([Int32].self, forKey: end)
      endTokenIDs = try list ?? [values.decode(Int32.self, forKey: end)]
    } else {
      endTokenIDs = nil
    }
    unkeptRules = try Self.rules.filter { key, none in
      let key = Key(key)
      guard values.contains(key), try !values.decodeNil(forKey: key) else { return false }
      if let flag = try? values.decode(Bool.self, forKey: key) { return flag }
      if let number = try? values.decode(Double.self, forKey: key) { return number != none }
      if let list = try? values.nestedUnkeyedContainer(forKey: key) { return list.count != 0 }
      return true
    }
    .map(\.key)
  }
}
