// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// What the files beside a vocabulary say of a tokenizer.
///
/// `special_tokens_map.json` goes before `tokenizer_config.json`; but if the latter numbers its
/// added tokens, neither the former nor `added_tokens.json` is looked at. So it is in transformers.
struct TokenizerSettings {
  /// The contents of `tokenizer_config.json`, and its path.
  var json: JSON
  var file: String
  /// Those of `special_tokens_map.json`.
  var specialTokensMap: JSON?
  var specialTokensFile = ""
  /// Those of `added_tokens.json`.
  var addedTokens: JSON?
  var addedTokensFile = ""
  /// Those of the model's `config.json`.
  var configuration: JSON?
  var configurationFile = ""

  /// No file says anything.
  static let none = TokenizerSettings(json: .object([]), file: "")

  /// The name of the class that transformers reads the folder with.
  var className: String? { json["tokenizer_class"]?.string }

  /// The number of the model's embeddings, if it is known.
  var vocabularyLimit: Int? { configuration?["vocab_size"]?.integer }

  /// Whether texts that are too long lose their start.
  func truncatesLeft(or usual: Bool = false) throws -> Bool {
    guard let value = json["truncation_side"], !value.isNull else { return usual }
    guard let side = value.string, ["left", "right"].contains(side) else {
      throw wrong(value, "truncation_side", "\"left\" or \"right\"")
    }
    return side == "left"
  }

  /// Refuses what would change ids in ways that are not known here.
  func check() throws {
    if try flag("split_special_tokens") == true {
      throw TokenizerError.unsupported(
        file: file, part: "split_special_tokens", found: "true", expected: "false")
    }
    if let code = json["auto_map"]?["AutoTokenizer"] ?? json["auto_map"], code.array != nil {
      throw TokenizerError.unsupported(
        file: file, part: "auto_map", found: "code of the model's own",
        expected: "a tokenizer_class of transformers alone")
    }
  }

  /// A switch, or nothing where it is left out or null.
  func flag(_ key: String) throws -> Bool? {
    guard let value = json[key], !value.isNull else { return nil }
    guard let flag = value.bool else { throw wrong(value, key, "true, false or null") }
    return flag
  }

  /// The most sentinels a file may ask for; the published models have at most 300.
  static let mostSentinels = 100_000

  /// The number of sentinels `<extra_id_N>` that `extra_ids` asks for.
  func sentinelCount(usual: Int) throws -> Int {
    guard let value = json["extra_ids"], !value.isNull else { return usual }
    guard let count = value.integer, 0...Self.mostSentinels ~= count else {
      throw wrong(value, "extra_ids", "a whole number from 0 to \(Self.mostSentinels)")
    }
    return count
  }

  func wrong(_ value: JSON, _ key: String, _ expected: String) -> TokenizerError {
    .malformed(file: file, place: "\"\(key)\"", found: value.summary, expected: expected)
  }
}
