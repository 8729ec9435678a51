// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct JSONRecordsTests {
  private let expected = [
    Example(text: "a", label: "1", line: 1), Example(text: "b", label: "0", line: 1),
  ]

  @Test(
    arguments: [
      (#"{"version":2,"data":[{"text":"a","label":1},{"text":"b","label":0}]}"#, nil),
      (#"{"a":{"b":[{"text":"a","label":1},{"text":"b","label":0}],"c":[{}]}}"#, "a.b"),
      (#"{"a.b":{"c":[{"text":"a","label":1},{"text":"b","label":0}]}}"#, "a.b.c"),
      (#"{"text":["a","b"],"label":[1,0]}"#, nil),
      (#"{"x":{"label":["1","0"],"text":["a","b"]},"y":[[1]]}"#, "x"),
    ] as [(String, String?)])
  func `rows are found in an object`(text: String, records: String?) throws {
    #expect(try examples(of: text, as: .json, form: FileForm(records: records)) == expected)
    // A .jsonl with one such object is read so too, if somebody says where the rows are.
    guard let records else { return }
    #expect(try examples(of: text, as: .jsonLines, form: FileForm(records: records)) == expected)
  }

  @Test func `lists of values are rows if their columns are named`() throws {
    let form = FileForm(columns: ["text", "label"])
    #expect(try examples(of: #"[["a",1],["b",0]]"#, as: .json, form: form) == expected)
    #expect(
      try examples(
        of: "[\"a\",true]\n[\"b\",null]\n", as: .jsonLines, requireLabels: false, form: form)
        == [Example(text: "a", label: "true"), Example(text: "b", label: nil, line: 2)])
    #expect(
      complaint(about: #"[["a",1]]"#, as: .json)
        == "data, line 1 is a list, whose values have no names.")
    #expect(
      complaint { try examples(of: "[[\"a\",1],\n[\"b\",[0]]]", as: .json, form: form) }
        == "data, line 2: the field \"2\" should be a string, a number or a boolean.")
    #expect(
      complaint { try examples(of: "[[\"a\",1],\n{}]", as: .json, form: form) }
        == "data holds no list in line 2, as it does above.")
  }

  @Test func `an object that is a row is one`() throws {
    let pretty = "\n{\n  \"text\": \"a\",\n  \"label\": 1, \"tags\": [{}]\n}\n"
    #expect(try examples(of: pretty, as: .json) == [Example(text: "a", label: "1", line: 2)])
  }

  @Test(
    arguments: [
      (#"{"a":[{}],"b":[{}]}"#, nil, "holds several lists of rows: \"a\", \"b\"."),
      (#"{"a":{"b":[{}],"c":[{}]}}"#, nil, "holds no list of rows but in \"a\"."),
      (#"{"a":{"b":1}}"#, "a.c", "has no records at \"a.c\"; there it holds \"b\"."),
      (#"{"a":1}"#, "a.c", "has no records at \"a.c\"; there it holds nothing."),
      (#"{"a":1}"#, "a", "holds a value there, not a list."),
      (#"{"a":{"b":1}}"#, "a", "holds an object there, not a list."),
      (#"[1]"#, "a", "is not one JSON object."), ("{}\n{}", "a", "is not one JSON object."),
      (
        #"{"text":["a"],"label":[1,2]}"#, nil,
        "holds lists of unequal length: \"text\" 1, \"label\" 2."
      ),
    ] as [(String, String?, String)])
  func `a place without rows is told with what is there`(
    text: String, records: String?, sentence: String
  ) {
    #expect(
      complaint { try examples(of: text, as: .json, form: FileForm(records: records)) }
        == "data \(sentence)")
  }
}
