// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterMethods
import Testing

@Suite struct MethodNameTests {
  @Test func `any name is read and written as it is`() throws {
    for name in ["p-tuning-v2", "of-tomorrow", "7"] {
      let data = Data("[\"\(name)\"]".utf8)
      let names = try JSONDecoder().decode([MethodName].self, from: data)
      #expect(names == [MethodName(rawValue: name)])
      #expect(try JSONEncoder().encode(names) == data)
    }
  }

  @Test(arguments: ["", "Two words", "größe", "a\\u0000", String(repeating: "a", count: 65)])
  func `what cannot be a name is refused`(name: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([MethodName].self, from: Data("[\"\(name)\"]".utf8))
    }
  }
}
