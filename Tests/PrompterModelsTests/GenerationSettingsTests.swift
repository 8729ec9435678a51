// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterModels
import Testing

@Suite struct GenerationSettingsTests {
  private static let configuration = """
    {"model_type": "t5", "d_model": 8, "d_kv": 4, "num_heads": 2, "d_ff": 16, "num_layers": 1,
     "vocab_size": 50, "decoder_start_token_id": 0, "eos_token_id": 1}
    """

  private func read(_ settings: String?) throws -> T5.Configuration {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(Self.configuration.utf8).write(to: folder.appending(path: "config.json"))
    if let settings {
      try Data(settings.utf8).write(to: folder.appending(path: "generation_config.json"))
    }
    return try T5.Configuration(contentsOf: folder)
  }

  @Test(arguments: [
    (nil, 1), ("{}", 1), (#"{"eos_token_id": 7, "decoder_start_token_id": 0}"#, 7),
    (#"{"eos_token_id": [7]}"#, 7), (#"{"eos_token_id": null, "limit": Infinity}"#, 1),
  ])
  func `the end of a text is the one that generation_config.json names`(
    settings: String?, end: Int32
  ) throws {
    let configuration = try read(settings)
    #expect(configuration.endTokenID == end)
    #expect(configuration.unkeptRules.isEmpty)
  }

  @Test(arguments: [
    #"{"eos_token_id": [1, 7]}"#, #"{"eos_token_id": []}"#, #"{"eos_token_id": 50}"#,
    #"{"eos_token_id": -1}"#, #"{"decoder_start_token_id": 3}"#, #"{"eos_token_id": "1"}"#, "{",
  ])
  func `what cannot be followed is refused by the file's name`(settings: String) {
    let error = #expect(throws: (any Error).self) { try read(settings) }
    #expect("\(String(describing: error))".contains("generation_config.json"))
  }

  @Test func `rules that are not kept are named`() throws {
    let settings = """
      {"no_repeat_ngram_size": 3, "repetition_penalty": 1.0, "forced_eos_token_id": 1,
       "bad_words_ids": [[5]], "suppress_tokens": [], "min_length": 0, "num_beams": 4,
       "renormalize_logits": false, "forced_bos_token_id": null}
      """
    #expect(
      try read(settings).unkeptRules
        == ["bad_words_ids", "forced_eos_token_id", "no_repeat_ngram_size"])
  }
}
