// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

private let adapter = fixtures.appending(path: "text/peft-prompt").path

@Suite struct PromptConvertCommandTests {
  private func convert(_ prompt: String, _ output: URL, _ more: String...) throws -> Run {
    try prompter(["prompt", "convert", prompt, output.path] + more)
  }

  @Test func `an adapter becomes an array and a prompt`() throws {
    try withFolder { folder in
      let array = folder.appending(path: "p.npy")
      let run = try convert(adapter, array, "--to", "npy", "--json", "--quiet")
      #expect(run.status == 0, "\(run.messages)")
      #expect(run.messages.isEmpty)
      let report = try run.object()
      #expect(report["form"] as? String == "npy" && report["output"] as? String == array.path)
      // 128 bytes of header, five vectors of width 32.
      #expect(try Data(contentsOf: array).count == 128 + 5 * 32 * 4)
      let again = try convert(adapter, array, "--to", "npy")
      #expect(again.status == 64)
      #expect(
        again.messages
          == "prompter: \(array.path) is there already; pass --overwrite to replace it.\n")
      #expect(try convert(adapter, array, "--to", "npy", "--overwrite").status == 0)

      let prompt = folder.appending(path: "p")
      #expect(try convert(adapter, prompt, "--to", "peft").messages == "Wrote \(prompt.path).\n")
      let summary = try prompter(["prompt", "inspect", prompt.path, "--json"]).object()
      #expect((summary["peft"] as? [String: Any])?["loadable"] as? Bool == true)
      #expect(try convert(adapter, prompt, "--to", "peft").status == 64)
    }
  }

  @Test func `a fine-tuned model becomes a folder that is a model`() throws {
    try withFolder { folder in
      let reviews = folder.appending(path: "reviews.jsonl")
      try writeReviews(20, to: reviews)
      let prompt = folder.appending(path: "prompt").path
      let training = try prompter([
        "train", "--model", tinyModel, "--task", "text-classification", "--train", reviews.path,
        "--method", "fine-tuning", "--pooling", "mean", "--steps", "1", "--threads", "1",
        "--output", prompt, "--quiet",
      ])
      try #require(training.status == 0, "\(training.messages)")
      let model = folder.appending(path: "model")
      let run = try convert(prompt, model, "--to", "model", "--model", tinyModel)
      #expect(run.status == 0, "\(run.messages)")
      // transformers' classifier reads no mean.
      #expect(run.messages == "Wrote \(model.path), without:\n  the head, for 2 labels\n")
      let inspection = try prompter(["model", "inspect", model.path, "--json"])
      #expect(try inspection.object()["parameters"] as? Int == 32704)
      let wrong = try convert(prompt, model, "--to", "peft", "--overwrite")
      #expect(wrong.status == 65)
      #expect(
        wrong.messages
          == "prompter: PEFT's prompts hold no fine-tuned weights of the backbone.\n")
    }
  }

  @Test(arguments: [
    (["--to", "model"], 64, "--to model needs --model, the model that was fine-tuned."),
    (["--to", "npy", "--model", "m"], 64, "--model does not apply to --to npy."),
    (["--to", "peft", "--model", "m"], 64, "--model does not apply to --to peft."),
    (
      ["--to", "model", "--model", "no-such-model"], 65,
      "A prompt of prompt-tuning leaves the model as it is; only fine-tuning makes another."
    ),
  ])
  func `a wish that cannot be met is answered with one sentence`(
    _ arguments: [String], _ status: Int32, _ sentence: String
  ) throws {
    let run = try prompter(["prompt", "convert", adapter, "no-such-output"] + arguments)
    #expect(run.status == status)
    #expect(run.messages == "prompter: \(sentence)\n")
  }

  @Test func `a form is needed`() throws {
    let run = try prompter(["prompt", "convert", adapter, "no-such-output"])
    #expect(run.status == 64)
    #expect(run.messages.contains("--to"))
  }
}
