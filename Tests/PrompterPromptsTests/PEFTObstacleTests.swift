// SPDX-License-Identifier: Apache-2.0

import Prompter
import PrompterCore
import PrompterToySupport
import Testing

@Suite struct PEFTObstacleTests {
  @Test(
    arguments: [
      ("all layers", nil),
      ("layer range", "PEFT prompts all 3 layers, this prompt only layers 2 to 3."),
      ("mean", "PEFT's classifier reads [CLS] through the pooler, this prompt's the text's mean."),
      ("cls", "PEFT's classifier reads [CLS] through the pooler, this prompt's without it."),
      ("prompt tuning", "PEFT pools the first virtual token instead of [CLS]."),
      ("head only", "PEFT has no adapter that is a head alone."),
      ("fine-tuning", "PEFT's prompts hold no fine-tuned weights of the backbone."),
    ] as [(String, String?)])
  func `each kind that PEFT computes otherwise says why`(kind: String, reason: String?) {
    #expect(Prompt.sample(kind).peftObstacle == reason)
  }

  @Test func `without a known number of heads there is no adapter`() {
    var prompt = Prompt.sample()
    for heads in [nil, 3] {
      prompt.card.backbone.heads = heads
      #expect(prompt.peftObstacle?.contains("attention heads") == true)
    }
  }

  @Test func `an unknown family has no adapter`() {
    var prompt = Prompt.sample()
    prompt.card.backbone.family = "roberta"
    #expect(prompt.peftObstacle?.contains("roberta") == true)
  }
}
