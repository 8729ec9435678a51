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
  /// WordPiece with BERT's normaliser, `<s>` in front and `</s>` at the end.
  case mpnet
  /// Unigram after white space is folded, `<s>` in front and `</s>` at the end.
  case xlmRoBERTa
  /// The same with pieces that are never used.
  case camemBERT
  /// Unigram with white space kept, `[CLS]` in front and `[SEP]` at the end.
  case debertaV2
  /// Unigram in lower case without accents, `[CLS]` in front and `[SEP]` at the end.
  case albert
  /// Pairs of bytes, nothing around a text.
  case gpt2
  /// Pairs of bytes, `<s>` in front and `</s>` at the end.
  case roberta
  /// Pairs of bytes, `[CLS]` in front and `[SEP]` at the end.
  case deberta
  /// The bytes of a text.
  case byT5
  /// Whatever `tokenizer.json` says.
  case generic

  /// The classes that compute what one of these does, as of transformers 5.24.
  init?(name: String) {
    let base = name.hasSuffix("Fast") ? String(name.dropLast(4)) : name
    switch base {
    case "BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "ConvBertTokenizer",
      "MobileBertTokenizer", "LayoutLMTokenizer", "SqueezeBertTokenizer", "LxmertTokenizer":
      self = .bert
    case "T5Tokenizer": self = .t5
    case "MPNetTokenizer": self = .mpnet
    case "XLMRobertaTokenizer": self = .xlmRoBERTa
    case "CamembertTokenizer": self = .camemBERT
    case "DebertaV2Tokenizer": self = .debertaV2
    case "AlbertTokenizer": self = .albert
    case "GPT2Tokenizer": self = .gpt2
    case "RobertaTokenizer": self = .roberta
    case "DebertaTokenizer": self = .deberta
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
    case "bert", "distilbert", "electra", "nomic_bert": self = .bert
    case "t5", "mt5": self = .t5
    case "mpnet": self = .mpnet
    case "xlm-roberta": self = .xlmRoBERTa
    case "camembert": self = .camemBERT
    case "deberta-v2": self = .debertaV2
    case "albert": self = .albert
    case "gpt2": self = .gpt2
    case "roberta", "roberta-prelayernorm": self = .roberta
    case "deberta": self = .deberta
    case "modernbert", "modernbert-decoder": self = .generic
    default: return nil
    }
  }

  /// The kind of model that the class reads from a `tokenizer.json`; `nil` if any.
  var modelType: String? {
    switch self {
    case .bert, .mpnet: "WordPiece"
    case .t5, .xlmRoBERTa, .camemBERT, .debertaV2, .albert: "Unigram"
    case .gpt2, .roberta, .deberta: "BPE"
    case .byT5, .generic: nil
    }
  }
}

extension TokenizerClass {
  /// The name of the class itself.
  var name: String {
    switch self {
    case .bert: "BertTokenizer"
    case .t5: "T5Tokenizer"
    case .mpnet: "MPNetTokenizer"
    case .xlmRoBERTa: "XLMRobertaTokenizer"
    case .camemBERT: "CamembertTokenizer"
    case .debertaV2: "DebertaV2Tokenizer"
    case .albert: "AlbertTokenizer"
    case .gpt2: "GPT2Tokenizer"
    case .roberta: "RobertaTokenizer"
    case .deberta: "DebertaTokenizer"
    case .byT5: "ByT5Tokenizer"
    case .generic: "PreTrainedTokenizerFast"
    }
  }

  /// The files besides `tokenizer.json` that hold a vocabulary of no certain class.
  static let usualFiles = ["spiece.model", "vocab.json", "vocab.txt"]

  /// Those of the class, the first first.
  ///
  /// A model of BERT's family that names no class may have the files of another.
  func files(isNamed: Bool) -> [String] {
    switch self {
    case .bert: isNamed ? ["vocab.txt"] : ["spiece.model", "vocab.txt"]
    case .mpnet: ["vocab.txt"]
    case .t5, .albert: ["spiece.model"]
    case .xlmRoBERTa, .camemBERT: ["sentencepiece.bpe.model"]
    case .debertaV2: ["spm.model"]
    case .gpt2, .roberta, .deberta: ["vocab.json"]
    case .byT5, .generic: Self.usualFiles
    }
  }
}

extension TokenizerClass {
  /// The file of a model of SentencePiece's that the class reads, if any.
  var modelName: String? { files(isNamed: true).first { $0.hasSuffix(".model") } }
}

extension TokenizerSettings {
  /// The class that the folder's files name, or that goes with the model; nothing if none does.
  func tokenizerClass() throws -> (kind: TokenizerClass, isNamed: Bool)? {
    try check()
    let named =
      className.map { ($0, file) }
      ?? configuration?["tokenizer_class"]?.string.map { ($0, configurationFile) }
    let modelType = configuration?["model_type"]?.string.flatMap(TokenizerClass.init(modelType:))
    guard let (name, file) = named else { return modelType.map { ($0, false) } }
    // ModernBERT's files name classes that are not the ones they were made with.
    if modelType == .generic { return (.generic, true) }
    guard let kind = TokenizerClass(name: name) else {
      throw TokenizerError.unsupported(
        file: file, part: "tokenizer_class", found: name,
        expected: "BertTokenizer, RobertaTokenizer, XLMRobertaTokenizer, DebertaV2Tokenizer, "
          + "T5Tokenizer, ByT5Tokenizer, PreTrainedTokenizerFast or another of those that the "
          + "documentation of Tokenizers.load lists")
    }
    return (kind, true)
  }
}
