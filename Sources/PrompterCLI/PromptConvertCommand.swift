// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter
import PrompterJSON

/// What a prompt can be made into.
enum PromptForm: String, CaseIterable, ExpressibleByArgument {
  case npy
  case peft
  case model
}

/// `prompter prompt convert`.
struct PromptConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a prompt in a form that other programs read.",
    discussion: """
      npy: a file with the vectors at the input, as the authors of prompt tuning publish theirs: \
      NumPy's array [virtual tokens, width] of float32.
      peft: a folder that Hugging Face PEFT loads, if it computes the same with the prompt.
      model: a Hugging Face model folder with the weights that \(MethodName.trainingBackbone) made \
      and all else that \
      decides its numbers, such as tokenizer and pooling, and with the classifier where transformers \
      has such a one. Needs --model, the model that was fine-tuned.

      EXAMPLES
        prompter prompt convert prompts/boolq boolq.npy --to npy
        prompter prompt convert downloads/adapter prompts/rte --to peft
        prompter prompt convert prompts/tuned models/tuned --to model \\
          --model models/minilm
      """)

  @Argument(help: "The prompt's folder.", completion: .directory)
  var prompt: String

  @Argument(help: "The file or the folder to write.", completion: .file())
  var output: String

  @Option(name: .customLong("to"), help: "What to write.")
  var form: PromptForm

  @Option(
    help: ArgumentHelp(
      "With --to model: a folder, hub:OWNER/NAME, or wheel:NAME[==VERSION].", valueName: "model"),
    completion: .directory)
  var model: String?

  @Flag(help: "Replace what is there.")
  var overwrite = false

  @OptionGroup(title: "Output") var console: OutputOptions

  func run() throws {
    if model == nil, form == .model {
      throw UsageError("--to model needs --model, the model that was fine-tuned.")
    }
    if model != nil, form != .model {
      throw UsageError("--model does not apply to --to \(form.rawValue).")
    }
    let source = URL(filePath: prompt, directoryHint: .isDirectory)
    let loaded = try Prompt(contentsOf: source)
    if let warning = loaded.stateWarning(in: source) { console.note("\(prompt): \(warning)") }
    let target = URL(filePath: output, directoryHint: form == .npy ? .notDirectory : .isDirectory)
    switch form {
    case .npy: try loaded.writeArray(to: target, overwriting: overwrite)
    case .peft: try loaded.writeAdapter(to: target, overwriting: overwrite)
    case .model: try writeModel(of: loaded, to: target)
    }
    let leftOut = leftOut(of: loaded)
    if console.json {
      let report: JSONValue = [
        "prompt": .string(prompt), "form": .string(form.rawValue), "output": .string(output),
        "left_out": JSONValue(leftOut),
      ]
      try Output.write(report.line)
    }
    console.note("Wrote \(output)" + (leftOut.isEmpty ? "." : ", without:"))
    for part in leftOut { console.note("  \(part)") }
  }

  private func writeModel(of loaded: Prompt, to target: URL) throws {
    // What needs no model comes before a download.
    guard let model, loaded.backboneWeights != nil else {
      throw PromptError.noBackboneWeights(method: loaded.card.method.rawValue)
    }
    let folder = try ModelReference(model).resolve { console.note($0) }
    try loaded.writeModel(
      to: target, from: PretrainedModel(contentsOf: folder, precision: .float32),
      overwriting: overwrite)
  }

  // What the prompt has and the form has no place for.
  private func leftOut(of prompt: Prompt) -> [String] {
    var parts: [String] = []
    if form == .npy, prompt.folded.decoderInput != nil {
      parts.append("the vectors before the decoder's input")
    }
    if prompt.head != nil, form == .npy || form == .model && !prompt.isTransformersClassifier {
      let labels = prompt.card.labels.count
      parts.append(labels > 0 ? "the head, for \(labels) labels" : "the head")
    }
    return parts
  }
}
