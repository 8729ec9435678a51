// SPDX-License-Identifier: Apache-2.0

import PrompterJSON
import Testing

@testable import PrompterTasks

@Suite struct NumberAnswerTests {
  @Test func `a number has as many digits as tell it apart`() {
    let answer = NumberAnswer(output: 3.7)
    #expect(answer.value == 3.7)
    #expect(answer.text == "3.7")
    #expect(answer.probability == nil)
    #expect(answer.members(top: 2) == [JSONValue.Member(name: "value", value: .number(3.7))])
  }
}
