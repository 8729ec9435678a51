// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Prompts and unfinished trainings that an earlier version wrote, and what it answered with them;
/// Scripts/make-version-fixtures.sh says what is in them.
private enum Before {
  static let folder = fixtures.appending(component: "version-before", directoryHint: .isDirectory)

  /// The runs that have something in their folders.
  static func runs(with name: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (names ?? []).sorted().filter {
      FileManager.default.fileExists(atPath: folder.appending(components: $0, name).path)
    }
  }

  /// The model that a run's options name, as its path from the fixtures' folder.
  static func model(of run: String) throws -> String {
    let file = try Data(contentsOf: folder.appending(components: run, "options.json"))
    let options = try #require(JSONSerialization.jsonObject(with: file) as? [String: Any])
    return try #require(options["model"] as? String)
  }

  static func text(_ names: String...) throws -> String {
    let file = names.reduce(folder) { $0.appending(component: $1) }
    return try String(contentsOf: file, encoding: .utf8)
  }

  /// Whether this machine computes as the one did that the fixtures were made on.
  ///
  /// The last bits of sums depend on how many a vector of the CPU holds, and on the library of
  /// products.
  static let hasSameArithmetic: Bool = {
    guard let made = try? text("arithmetic.txt").split(whereSeparator: \.isWhitespace) else {
      return false
    }
    let vectors = system("cpuinfo").contains("avx512vl") ? "avx512" : "other"
    return vectors == made[0] && system("self/maps").contains("/\(made[1])\n")
  }()

  // Files of the system have no size and are read to their end; macOS has none.
  private static func system(_ name: String) -> String {
    let file = FileHandle(forReadingAtPath: "/proc/" + name)
    return String(decoding: (try? file?.readToEnd()) ?? Data(), as: UTF8.self)
  }
}

@Suite struct PromptsOfTheVersionBeforeTests {
  private static let prompts = Before.runs(with: "answers.jsonl")
  private static let unfinished = Before.runs(with: "unfinished")

  @Test func `there is a prompt of every kind, and some are unfinished`() {
    #expect(Self.prompts.count == 11)
    #expect(
      Self.unfinished == [
        "p-tuning-v2-layers", "prompt-tuning", "t5-p-tuning-v2-decoder", "t5-prompt-tuning",
      ])
  }

  @Test(arguments: prompts)
  func `a prompt of the version before answers as it did`(run: String) throws {
    let answers = try shell(
      "\"$0\" predict --model \(Before.model(of: run)) --prompt \(run)/prompt "
        + "--precision float32 --threads 1 --quiet queries.jsonl", in: Before.folder)
    #expect(answers.status == 0, "\(answers.messages)")
    let expected = try Before.text(run, "answers.jsonl")
    if Before.hasSameArithmetic {
      // A number is written with as many digits as tell it from all others: the same text is the
      // same bits.
      #expect(answers.output == expected)
    } else {
      try expectClose(answers, Run(status: 0, output: expected, messages: ""))
    }
  }

  // Where sums are taken otherwise, the same answers with nearly the same probabilities.
  private func expectClose(_ answers: Run, _ expected: Run) throws {
    let (ours, theirs) = (try answers.objects(), try expected.objects())
    #expect(ours.count == theirs.count)
    for (our, their) in zip(ours, theirs) {
      #expect(our["label"] as? String == their["label"] as? String)
      #expect(our["text"] as? String == their["text"] as? String)
      let probability = try #require(our["probability"] as? Double)
      #expect(try abs(probability - #require(their["probability"] as? Double)) < 1e-4)
    }
  }

  @Test(arguments: unfinished)
  func `a training that the version before began ends with the prompt that it would have made`(
    run: String
  ) throws {
    try withFolder { folder in
      let source = Before.folder.appending(components: run, "unfinished")
      let output = folder.appending(component: "prompt")
      try FileManager.default.copyItem(at: source, to: output)
      let training = try shell(
        "\"$0\" train --config \(run)/options.json --resume --json --output '\(output.path)'",
        in: Before.folder)
      #expect(training.status == 0, "\(training.messages)")
      #expect(training.messages.contains("Going on from step "), "\(training.messages)")
      let names = try FileManager.default.contentsOfDirectory(atPath: output.path)
      #expect(!names.contains("training_state.safetensors"))
      guard Before.hasSameArithmetic else { return }
      let whole = Before.folder.appending(components: run, "prompt")
      let tensors = try FileManager.default.contentsOfDirectory(atPath: whole.path)
        .filter { $0.hasSuffix(".safetensors") }
      #expect(tensors.count == 1)
      for name in tensors {
        #expect(
          try Data(contentsOf: output.appending(component: name))
            == Data(contentsOf: whole.appending(component: name)))
      }
    }
  }
}
