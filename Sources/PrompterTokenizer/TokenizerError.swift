// SPDX-License-Identifier: Apache-2.0

/// Why a tokenizer could not be read.
public enum TokenizerError: Error, CustomStringConvertible, Equatable {
  /// The folder holds no file that describes a tokenizer.
  case missing(folder: String)

  /// The file cannot be read.
  case unreadable(file: String, reason: String)

  /// The file is not what its name says.
  case malformed(file: String, place: String, found: String, expected: String)

  /// The file asks for something this package does not do.
  case unsupported(file: String, part: String, found: String, expected: String)

  /// A token that the file relies on has no id.
  case unknownToken(file: String, token: String, role: String)

  /// One sentence that names the file, what was found and what was expected.
  public var description: String {
    switch self {
    case .missing(let folder):
      "\(folder) holds no tokenizer: neither tokenizer.json nor a vocabulary (vocab.txt, "
        + "vocab.json, spiece.model, spm.model or sentencepiece.bpe.model) is there, and no "
        + "tokenizer_config.json that names ByT5Tokenizer."
    case .unreadable(let file, let reason):
      "\(file) cannot be read: \(reason)."
    case .malformed(let file, let place, let found, let expected):
      "\(file), \(Self.short(place)): found \(Self.short(found)), expected \(expected)."
    case .unsupported(let file, let part, let found, let expected):
      "\(file): the \(part) is \(Self.short(found)), which is not supported; expected "
        + "\(expected)."
    case .unknownToken(let file, let token, let role):
      "\(file): the \(role) \"\(Self.short(token))\" is not in the vocabulary."
    }
  }

  /// The start of what a file says, for it may be of any length.
  private static func short(_ text: String) -> String {
    let start = text.unicodeScalars.prefix(100)
    return start.endIndex == text.unicodeScalars.endIndex ? text : String(start) + "…"
  }
}
