// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterModels
import PrompterToySupport
import Testing

@Suite struct PretrainedModelTests {
  @Test func `a folder's family is told by its configuration`() throws {
    #expect(try Toy.model().family == "bert" && Toy.model().textWriter == nil)
    #expect(try ToyTexts.model().family == "t5" && ToyTexts.model().textWriter != nil)
    let identity = try ToyTexts.model().identity()
    #expect(identity.attentionWidth == 24 && identity.decoderLayers == 2)
    #expect(try Toy.model().identity().attentionWidth == nil)
  }

  @Test func `a tokenizer with more pieces than the model has tokens is refused`() throws {
    let bench = try PromptBench()
    let folder = bench.folder.appending(component: "model")
    try FileManager.default.copyItem(at: ToyTexts.folder, to: folder)
    try FileManager.default.removeItem(at: folder.appending(component: "tokenizer.json"))
    try FileManager.default.copyItem(
      at: ToyTexts.fixtures.appending(path: "../t5-tokenizer/plain/spiece.model"),
      to: folder.appending(component: "spiece.model"))
    #expect { try PretrainedModel(contentsOf: folder) } throws: { error in
      "\(error)".contains("`vocab_size` is 96") && "\(error)".contains("2100 pieces")
    }
  }

  @Test func `a family that is not known is refused by its name`() throws {
    let bench = try PromptBench()
    let configuration = bench.folder.appending(component: "config.json")
    try #"{"model_type": "gpt2"}"#.write(to: configuration, atomically: true, encoding: .utf8)
    #expect { try PretrainedModel(contentsOf: bench.folder) } throws: {
      "\($0)".contains("`model_type` is `gpt2`") && "\($0)".contains("`albert` or `bert` or ")
    }
  }
}
