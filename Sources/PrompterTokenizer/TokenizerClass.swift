// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// The class that Hugging Face transformers reads a folder with.
///
/// Most classes take nothing but the vocabulary from `tokenizer.json` and make the rest anew from
/// `tokenizer_config.json`, so the class decides which of two files holds where they differ.
enum TokenizerClass: Equatable {
  /// WordPiece with BERT's normaliser and template, as the settings have them.
  case bert
  /// Unigram after white space is folded, `</s>` at the end, with sentinels.
  case t5
  /// Unigram after white space is folded, `<s>` in front and `</s>` at the end.
  case xlmRoBERTa
  /// The bytes of a text.
  case byT5
  /// Whatever `tokenizer.json` says.
  case generic

  /// The classes that compute what one of these does, as of transformers 5.23.
  init?(name: String) {
    let base = name.hasSuffix("Fast") ? String(name.dropLast(4)) : name
    switch base {
    case "BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "ConvBertTokenizer",
      "MobileBertTokenizer", "LayoutLMTokenizer", "SqueezeBertTokenizer", "LxmertTokenizer":
      self = .bert
    case "T5Tokenizer": self = .t5
    case "XLMRobertaTokenizer": self = .xlmRoBERTa
    case "ByT5Tokenizer": self = .byT5
    // MT5's class is gone from transformers 5, which then takes tokenizer.json as it is.
    case "PreTrainedTokenizer", "TokenizersBackend", "PythonBackend", "MT5Tokenizer":
      self = .generic
    default: return nil
    }
  }

  /// The class of a model that names none.
  init?(modelType: String) {
    switch modelType {
    case "bert": self = .bert
    case "t5", "mt5": self = .t5
    default: return nil
    }
  }
}

extension TokenizerSettings {
  /// The class that the folder's files name, or that goes with the model; nothing if none does.
  func tokenizerClass() throws -> (kind: TokenizerClass, isNamed: Bool)? {
    try check()
    let named =
      className.map { ($0, file) }
      ?? configuration?["tokenizer_class"]?.string.map { ($0, configurationFile) }
    guard let (name, file) = named else {
      return configuration?["model_type"]?.string.flatMap(TokenizerClass.init(modelType:))
        .map { ($0, false) }
    }
    guard let kind = TokenizerClass(name: name) else {
      throw TokenizerError.unsupported(
        file: file, part: "tokenizer_class", found: name,
        expected: "BertTokenizer, T5Tokenizer, XLMRobertaTokenizer, ByT5Tokenizer, "
          + "PreTrainedTokenizerFast or one that computes the same")
    }
    return (kind, true)
  }
}
