// SPDX-License-Identifier: Apache-2.0

/// The data sets whose text-to-text form is known.
enum TextToTextPreset: String, CaseIterable {
  case boolq, cb, copa, multirc, record, rte, wic, wsc
  case cola, sst2, mrpc, qqp, stsb, mnli, qnli, wnli
  case squad
  case squadV2 = "squad-v2"
  case summarization, e2e
  case free = "text-to-text"

  /// T5's template: but for the few that it names otherwise, columns follow in alphabetical order.
  var template: TextTemplate {
    switch self {
    case .boolq: TextTemplate(name: rawValue, ["passage", "question"])
    case .cb, .rte, .mnli: TextTemplate(name: rawValue, ["hypothesis", "premise"])
    case .copa: TextTemplate(name: rawValue, ["choice1", "choice2", "premise", "question"])
    case .multirc: TextTemplate(name: rawValue, ["question", "answer", "paragraph"])
    case .record: TextTemplate(name: rawValue, ["query", "entities", "passage"])
    case .wic: TextTemplate(name: rawValue, ["sentence1", "sentence2", "word"])
    case .wsc: TextTemplate(name: "wsc:", text: "text")
    case .cola, .sst2: TextTemplate(name: rawValue, ["sentence"])
    case .mrpc, .stsb, .wnli: TextTemplate(name: rawValue, ["sentence1", "sentence2"])
    case .qqp: TextTemplate(name: rawValue, ["question1", "question2"])
    case .qnli: TextTemplate(name: rawValue, ["question", "sentence"])
    case .squad, .squadV2: TextTemplate(name: "", ["question", "context"])
    case .summarization: TextTemplate(name: "summarize:", text: "article")
    case .e2e: TextTemplate(name: "e2e:", text: "mr")
    case .free: TextTemplate(name: "", text: "input")
    }
  }

  /// Whether the template's first word names the task.
  var hasName: Bool { !isQuestionAnswering && self != .free }

  var isQuestionAnswering: Bool { self == .squad || self == .squadV2 }

  /// The targets in the order of their published indices; none where a target is any text.
  var labels: [String] {
    switch self {
    case .boolq, .multirc, .wic: ["False", "True"]
    case .cb: ["entailment", "contradiction", "neutral"]
    case .copa: ["choice1", "choice2"]
    case .rte, .qnli: ["entailment", "not_entailment"]
    case .cola: ["unacceptable", "acceptable"]
    case .sst2: ["negative", "positive"]
    case .mrpc: ["not_equivalent", "equivalent"]
    case .qqp: ["not_duplicate", "duplicate"]
    case .stsb: (0...25).map { Self.similarity(of: Double($0) / 5) }
    case .mnli: ["entailment", "neutral", "contradiction"]
    case .wnli: ["not_entailment", "entailment"]
    case .record, .wsc, .squad, .squadV2, .summarization, .e2e, .free: []
    }
  }

  /// The metrics that the data set's authors report, and T5 with them.
  var metrics: [TextMetric] {
    switch self {
    case .boolq, .copa, .rte, .wic, .wsc, .sst2, .mnli, .qnli, .wnli: [.accuracy]
    case .cb: [.accuracy, .macroF1]
    case .multirc: [.f1, .questionMatch]
    case .cola: [.matthews]
    case .mrpc, .qqp: [.accuracy, .f1]
    case .stsb: [.pearson, .spearman]
    case .record, .squad, .squadV2: [.tokenF1, .exactMatch]
    case .summarization: [.rougeL, .rouge1, .rouge2]
    case .e2e: [.bleu, .rougeL]
    case .free: [.exactMatch, .tokenF1]
    }
  }

  /// Other names of the template's columns in public copies.
  var aliases: [String: [String]] {
    switch self {
    case .rte, .cb, .mnli: ["premise": ["sentence1"], "hypothesis": ["sentence2"]]
    case .mrpc: ["sentence1": ["#1 String"], "sentence2": ["#2 String"]]
    case .summarization: ["article": ["document", "dialogue", "text", "input"]]
    case .e2e: ["mr": ["meaning_representation"]]
    default: [:]
    }
  }

  /// Whether rows do not become one example each, so that a limit of examples is none of rows.
  var readsAllRows: Bool { self == .e2e || self == .wsc || published.leavesOutUnlabelled }

  /// What is known of the published files.
  var published: PublishedFile { PublishedFile(preset: rawValue) }

  /// What the usual words for the target mean.
  var rules: TargetSpelling.Rules {
    switch self {
    case .free: .own
    case .stsb: .similarity
    default: .published
    }
  }

  /// The names of the column with the label or target.
  var targetNames: [String] {
    switch self {
    case .boolq: ["label", "answer"]
    case .mrpc: ["label", "Quality"]
    case .qqp: ["label", "is_duplicate"]
    case .stsb: ["score", "label"]
    case .mnli: ["label", "gold_label"]
    case .summarization: ["highlights", "summary", "target"]
    case .e2e: ["ref", "human_reference", "target"]
    case .free: ["target", "targets", "output", "label"]
    default: ["label"]
    }
  }

  /// The target of a similarity: the nearest fifth, ties to even, as T5 rounds.
  static func similarity(of score: Double) -> String {
    let tenths = Int((min(5, max(0, score)) * 5).rounded(.toNearestOrEven)) * 2
    return "\(tenths / 10).\(tenths % 10)"
  }
}
