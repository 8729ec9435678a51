// SPDX-License-Identifier: Apache-2.0

package import PrompterTasks
package import PrompterTokenizer

extension TaskDescription {
  /// The most tokens that writing an answer is worth: one more than the longest label has, which is
  /// enough to tell that it is none, or `maximum` where any text may be an answer.
  package func answerLength(tokenizer: any Tokenizer, maximum: Int) -> Int {
    let longest = labels.map { tokenizer.encode($0, pair: nil, maximumLength: .max).ids.count }
      .max()
    return longest.map { $0 + 1 } ?? max(1, maximum)
  }
}
