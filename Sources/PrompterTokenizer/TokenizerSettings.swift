// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// The members of `tokenizer_config.json`.
struct TokenizerSettings {
  var json: JSON
  var file: String

  /// The name of the class that transformers reads the folder with.
  var className: String? { json["tokenizer_class"]?.string }

  /// A switch, or nothing where it is left out or null.
  func flag(_ key: String) throws -> Bool? {
    guard let value = json[key], !value.isNull else { return nil }
    guard let flag = value.bool else { throw wrong(value, key, "true, false or null") }
    return flag
  }

  /// A special token, written as a string or as an object with its content.
  func token(_ key: String) throws -> String? {
    guard let value = json[key], !value.isNull else { return nil }
    guard let content = value.string ?? value["content"]?.string else {
      throw wrong(value, key, "a token")
    }
    return content
  }

  /// The most sentinels a file may ask for; the published models have at most 300.
  static let mostSentinels = 100_000

  /// The number of sentinels `<extra_id_N>`.
  ///
  /// `extra_ids` says it; where that is left out, as many as the list of special tokens holds, or
  /// `usual` if it holds none.
  func sentinelCount(usual: Int) throws -> Int {
    guard let value = json["extra_ids"], !value.isNull else {
      let listed = listedTokens.count { $0.hasPrefix("<extra_id_") }
      return listed > 0 ? listed : usual
    }
    guard let count = value.integer, 0...Self.mostSentinels ~= count else {
      throw wrong(value, "extra_ids", "a whole number from 0 to \(Self.mostSentinels)")
    }
    return count
  }

  private var listedTokens: [String] {
    let lists = [json["additional_special_tokens"], json["extra_special_tokens"]]
    return lists.flatMap { $0?.array ?? [] }.compactMap { $0.string ?? $0["content"]?.string }
  }

  /// The tokens that the file gives ids to, in the order of their ids; nothing if it gives none.
  func numberedTokens() throws -> [AddedToken]? {
    guard case .object(let members)? = json["added_tokens_decoder"], !members.isEmpty else {
      return nil
    }
    let place = "added_tokens_decoder"
    return try members.map { key, value in
      guard let id = Int32(key), id >= 0 else {
        throw wrong(.string(key), place, "ids as names")
      }
      guard let content = value["content"]?.string, !content.isEmpty else {
        throw wrong(value, place, "tokens with a content")
      }
      return AddedToken(
        content: content, id: id, stripsLeft: value["lstrip"]?.bool ?? false,
        stripsRight: value["rstrip"]?.bool ?? false, isSpecial: value["special"]?.bool ?? true)
    }
    .sorted { $0.id < $1.id }
  }

  private func wrong(_ value: JSON, _ key: String, _ expected: String) -> TokenizerError {
    .malformed(file: file, place: "\"\(key)\"", found: value.summary, expected: expected)
  }
}
