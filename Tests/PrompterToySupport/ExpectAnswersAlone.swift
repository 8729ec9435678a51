// SPDX-License-Identifier: Apache-2.0

internal import PrompterAnswering
package import PrompterPrompts
package import PrompterTasks
package import Testing

/// Records an issue unless several prompts answer a mixed batch as each does by itself, query after
/// query.
package func expectAnswersAlone(
  _ queries: [Query], of prompts: [(name: String, prompt: Prompt)], on model: PretrainedModel,
  threads: Int, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let together = try Predictor(model: model, prompts: prompts, threads: threads, isPinned: false)
    .predict(queries)
  for prompt in prompts {
    let alone = try Predictor(model: model, prompts: [prompt], threads: 1)
    for (query, answer) in zip(queries, together) where query.task == prompt.name {
      #expect(try alone.predict([query])[0] == answer, sourceLocation: sourceLocation)
    }
  }
}
