// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterCore
import PrompterTasks
import PrompterToySupport
import Testing

@Suite struct DeclaredPoolingTests {
  private static let modules = """
    [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
     {"idx": 1, "name": "1", "path": "PLACE", "type": "sentence_transformers.models.Pooling"},
     {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]
    """

  /// The toy model with a few files of sentence-transformers beside it.
  private func model(_ files: [String: String]) throws -> (bench: PromptBench, PretrainedModel) {
    let bench = try PromptBench()
    let folder = bench.folder.appending(component: "copy")
    try FileManager.default.copyItem(at: Toy.folder, to: folder)
    for (name, content) in files {
      let file = folder.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try content.write(to: file, atomically: true, encoding: .utf8)
    }
    return (bench, try PretrainedModel(contentsOf: folder))
  }

  private func sentence(_ model: PretrainedModel, pooling: Pooling? = nil) -> String {
    do {
      let trainer = Trainer(
        model: model, method: .headOnly, plan: Toy.plan { $0.duration = .steps(1) },
        pooling: pooling)
      _ = try trainer.train(task: Toy.task, training: Toy.training, validation: nil)
      return "trained"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    (#"{"pooling_mode": "cls"}"#, Pooling.cls), (#"{"pooling_mode": "mean"}"#, .mean),
    (#"{"pooling_mode": ["mean"]}"#, .mean),
    (#"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}"#, .cls),
    (#"{"pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true}"#, .mean),
    (#"{"pooling_mode": "cls", "pooling_mode_mean_tokens": true}"#, .cls),
    (#"{"word_embedding_dimension": 32}"#, .mean),
  ])
  func `a pooling is read in the old and the new spelling`(json: String, pooling: Pooling) throws {
    let (bench, model) = try model(["1_Pooling/config.json": json])
    defer { withExtendedLifetime(bench) {} }
    #expect(model.defaultPooling == pooling)
    #expect(sentence(model) == "trained")
  }

  @Test(arguments: [
    (#"{"pooling_mode": "max"}"#, "max"), (#"{"pooling_mode": "lasttoken"}"#, "lasttoken"),
    (#"{"pooling_mode": "weightedmean"}"#, "weightedmean"),
    (#"{"pooling_mode": "of tomorrow"}"#, "of tomorrow"),
    (#"{"pooling_mode": ["cls", "mean"]}"#, "cls and mean"),
    (#"{"pooling_mode_mean_tokens": false, "pooling_mode_max_tokens": true}"#, "max"),
    (#"{"pooling_mode_mean_sqrt_len_tokens": true}"#, "mean_sqrt_len_tokens"),
    (#"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}"#, "cls and mean"),
    (#"{"pooling_mode_lasttoken": true}"#, "lasttoken"),
    (#"{"pooling_mode_mean_tokens": false}"#, "none"),
  ])
  func `a pooling that no head reads by has to be chosen otherwise`(
    json: String, name: String
  ) throws {
    let (bench, model) = try model(["1_Pooling/config.json": json])
    defer { withExtendedLifetime(bench) {} }
    #expect(
      sentence(model)
        == "The model copy pools by `\(name)` (1_Pooling/config.json), which is not known here; "
        + "choose a pooling: cls, mean or pooler.")
    #expect(sentence(model, pooling: .mean) == "trained")
  }

  @Test func `modules.json says where the pooling is, and whether there is one`() throws {
    let mean = #"{"pooling_mode": "mean"}"#
    let cases: [([String: String], Pooling)] = [
      (
        [
          "modules.json": Self.modules.replacing("PLACE", with: "7_Pool"),
          "7_Pool/config.json": mean,
        ], .mean
      ),
      (
        [
          "modules.json": Self.modules.replacing("PLACE", with: "heads/mean"),
          "heads/mean/config.json": mean,
        ], .mean
      ),
      (
        [
          "modules.json": Self.modules.replacing("models.Pooling", with: "models.WordPooling"),
          "PLACE/config.json": mean,
        ], .pooler
      ),
      (["modules.json": "[]", "1_Pooling/config.json": mean], .pooler),
      ([:], .pooler),
    ]
    for (files, pooling) in cases {
      let (bench, model) = try model(files)
      defer { withExtendedLifetime(bench) {} }
      #expect(model.defaultPooling == pooling)
    }
  }

  @Test(arguments: ["../elsewhere", "7_Pool", "", "a//b"])
  func `a pooling that is not there is an error`(place: String) {
    #expect(throws: (any Error).self) {
      try model(["modules.json": Self.modules.replacing("PLACE", with: place)])
    }
  }
}
