// SPDX-License-Identifier: Apache-2.0

import PrompterTestSupport
import Testing

@testable import PrompterTasks

/// Published files, damaged: each is read or refused in a sentence, never trapped over.
@Suite struct TextToTextMutationTests {
  private static let sound: [(preset: TextToTextPreset, format: DataFormat, text: String)] = [
    (
      .multirc, .jsonLines,
      #"{"passage":{"text":"<b>Sent 1: </b>A b.<br>","questions":[{"question":"q","answers":["#
        + #"{"text":"a","label":1},{"text":"b","label":0}],"idx":0}]},"idx":0}"#
    ),
    (
      .record, .jsonLines,
      #"{"passage":{"text":"Ann saw Bob.\n@highlight\nThey met","entities":[{"start":0,"end":2},"#
        + #"{"start":8,"end":10}]},"qas":[{"query":"@placeholder ran","answers":["#
        + #"{"start":0,"end":2,"text":"Ann"}]}]}"#
    ),
    (
      .wsc, .jsonLines,
      #"{"text":"Ann told Bob that he ran","target":{"span1_text":"Bob","span1_index":2,"#
        + #""span2_text":"he","span2_index":4},"label":true,"idx":0}"#
    ),
    (
      .squad, .json,
      #"{"version":"1.1","data":[{"title":"t","paragraphs":[{"context":"A was in B.","qas":["#
        + #"{"id":"1","question":"Where?","answers":[{"text":"B","answer_start":9}]}]}]}]}"#
    ),
    (
      .squadV2, .json,
      #"{"data":[{"paragraphs":[{"context":"A","qas":[{"question":"q","answers":[],"#
        + #""is_impossible":true,"plausible_answers":[{"text":"A"}]}]}]}]}"#
    ),
    (.cola, .tabSeparated, "gj04\t1\t\tOur friends.\ngj04\t0\t*\tFriends our.\n"),
    (.stsb, .tabSeparated, "sentence1\tsentence2\tscore\na b\tc\t2.5\nd\te\t5.000\n"),
    (.qqp, .tabSeparated, "id\tquestion1\tquestion2\tis_duplicate\n1\ta\tb\t0\n2\tc\td\t1\n"),
    (.mnli, .jsonLines, #"{"premise":"a","hypothesis":"b","label":2,"gold_label":"neutral"}"#),
    (.boolq, .jsonLines, #"{"passage":"a","question":"b","label":true}"#),
    (
      .copa, .jsonLines,
      #"{"premise":"a","choice1":"b","choice2":"c","question":"cause","label":1}"#
    ),
    (.wic, .json, #"[{"sentence1":"a","sentence2":"b","word":"c","label":false}]"#),
    (.e2e, .commaSeparated, "mr,ref\n\"name[A], food[B]\",\"A has B.\"\nname[C],C is.\n"),
    (.summarization, .commaSeparated, "article,highlights\n\"a\nb\",c\n"),
    (.free, .jsonLines, #"{"input":"a","target":"b"}"# + "\n" + #"{"input":"c","target":"d"}"#),
  ]

  @Test(arguments: sound.indices)
  func `mutated files of presets are read or refused`(index: Int) throws {
    let (preset, format, text) = Self.sound[index]
    let sound = Array(text.utf8)
    #expect(try !textExamples(of: sound, as: format, preset.rawValue).isEmpty)
    var mutations = Mutations(seed: index, tokens: ["\"label\":", "\"idx\":0", "\t", "\u{FEFF}"])
    for _ in 0..<Mutations.count(300) {
      let bytes = mutations.damaged(sound)
      for (purpose, isRequired) in [
        (ExamplePurpose.training, true), (.evaluation, true), (.evaluation, false),
      ] {
        do {
          _ = try textExamples(
            of: bytes, as: format, preset.rawValue, for: purpose, requireTargets: isRequired)
        } catch {
          #expect(error is DataError && "\(error)".hasSuffix("."), "\(error)")
        }
      }
    }
  }
}
