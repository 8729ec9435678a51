// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct NumberLabelTests {
  @Test(
    arguments: [
      ("4", 4), ("4.0", 4), ("1e0", 1), ("-2.75", -2.75), ("+.5", 0.5), (" 3 ", 3), ("5E-1", 0.5),
      ("0", 0), ("3.4e38", 3.4e38),
    ] as [(String, Double)])
  func `a number is read however it is spelled`(label: String, number: Double) {
    #expect(NumberLabel.number(of: label) == number)
  }

  @Test(
    arguments: [
      "", " ", "good", "nan", "inf", "-infinity", "0x10", "3,5", "1_000", "4 5", "1e39", "-1e400",
      "e", "٣", "4\0",
    ])
  func `what is no finite number is none`(label: String) {
    #expect(NumberLabel.number(of: label) == nil)
  }
}
