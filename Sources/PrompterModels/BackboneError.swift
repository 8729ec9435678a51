// SPDX-License-Identifier: Apache-2.0

/// Why a model folder cannot be used as a backbone.
public enum BackboneError: Error, Equatable, CustomStringConvertible {
  /// A key of config.json, or of another file beside it, has a value that is not known here.
  case unusable(key: String, found: String, expected: String, file: String = "config.json")
  /// The tokenizer of the folder makes something that the model has no place for.
  case beyond(what: String, key: String, limit: Int)
  /// The sizes amount to more weights than any machine has room for.
  case tooLarge(parameters: Double)
  /// The heads do not share the width evenly.
  case headsDoNotDivideWidth(heads: Int, width: Int, key: String = "hidden_size")

  /// One sentence with what was found and what was expected.
  public var description: String {
    switch self {
    case .unusable(let key, let found, let expected, let file):
      "\(file): `\(key)` is \(found); this version of Prompter reads models with \(expected)."
    case .beyond(let what, let key, let limit):
      "The tokenizer makes \(what), which is beyond the model: `\(key)` in config.json is \(limit)."
    case .tooLarge(let parameters):
      "config.json: the sizes amount to \(parameters) weights; at most 2^48 are read."
    case .headsDoNotDivideWidth(let heads, let width, let key):
      "config.json: `\(key)` is \(width), which \(heads) attention heads cannot share evenly."
    }
  }
}
