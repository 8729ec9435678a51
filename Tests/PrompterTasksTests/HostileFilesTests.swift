// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTestSupport
import Testing

@testable import PrompterTasks

/// Files cut short, bent and stirred: each must be read or refused in a sentence, never trap.
@Suite struct HostileFilesTests {
  private static let seeds: [(format: DataFormat, text: String)] = [
    (.tabSeparated, "\u{FEFF}sentence\tlabel\r\na film\t1\r\n\r\ndull é\t0"),
    (.commaSeparated, "text,pair,label\n\"a \"\"q\"\"\r\nb\",c,yes\n,,no\n\"\",x,yes\r\n"),
    (
      .jsonLines,
      "{\"text\":\"a\\u00e9\\ud83d\\ude00\",\"label\":true}\n{\"text\":\"b\",\"label\":1}"
    ),
    (
      .json,
      "[\n {\"text\":\"a\\\\\\\"]\",\"label\":1.5},\n{\"text\":\"b\",\"x\":[{}],\"label\":null}]"
    ),
    (.trec, "NUM:dist How far ?\nDESC:def What é\n\n"),
  ]

  @Test(arguments: seeds.indices)
  func `every cut of a file is read or refused`(index: Int) {
    let (format, text) = Self.seeds[index]
    let bytes = Array(text.utf8)
    for end in 0...bytes.count { check(Array(bytes[..<end]), as: format) }
    for start in 0...bytes.count { check(Array(bytes[start...]), as: format) }
  }

  @Test(arguments: seeds.indices)
  func `mutated files are read or refused`(index: Int) {
    let (format, text) = Self.seeds[index]
    var mutations = Mutations(seed: index + 1)
    for _ in 0..<Mutations.count(1_500) {
      check(mutations.damaged(Array(text.utf8)), as: format)
    }
  }

  private static let formed: [(form: FileForm, text: String)] = [
    (FileForm(columns: ["label", "text"]), "x\ta, b\ny\tc\n"),
    (FileForm(columns: ColumnNames("3,1")), "x,\"a\nb\",c\ny,,d\n"),
    (FileForm(), "text;label\n\"a;b\";x\nc;y\n"), (FileForm(), "__label__x a b\nc __label__y\n"),
    (FileForm(delimiter: Delimiter("::")), "text::label\na::b\n"),
    (FileForm(delimiter: .space, columns: ["label", "text"]), "x a b\ny c\n"),
    (FileForm(records: "a.b"), #"{"a":{"b":[{"text":"a","label":1}],"c":[[]]}}"#),
    (FileForm(), #"{"text":["a","b"],"label":[1,null]}"#),
    (FileForm(columns: ["text", "label"], records: "x"), #"{"x":[["a",1],["b",2.5]]}"#),
    (FileForm(encoding: .utf16), "t\0e\0x\0t\0\n\0a\0\n\0"),
    (FileForm(encoding: .windows1252), "text\tlabel\na\tb\n"), (FileForm(format: .lines), "a\nb\n"),
  ]

  @Test(arguments: formed.indices)
  func `mutated files of other forms are read or refused`(index: Int) {
    let (form, text) = Self.formed[index]
    var mutations = Mutations(
      seed: 100 + index, tokens: ["\t", ";", "::", "[", "__label__", "\u{FEFF}", "\"text\":"])
    for _ in 0..<Mutations.count(600) {
      check(mutations.damaged(Array(text.utf8)), as: nil, form)
    }
  }

  @Test func `combining marks in keys, labels and columns take time in proportion`() throws {
    let marks = "a" + String(repeating: "\u{301}\u{316}", count: 100_000)
    let json = #"{"text":"\#(marks)","\#(marks)":1,"label":"\#(marks)"}"# + "\n"
    let table = "text,\(marks),label\nx,y,\(marks)\nx,y,\(marks)b\n"
    let time = try ContinuousClock().measure {
      for (text, format) in [(json + json, DataFormat.jsonLines), (table, .commaSeparated)] {
        let dataset = Dataset(
          examples: try examples(of: text, as: format), url: .init(filePath: "data"))
        let space = try LabelSpace(dataset.labels)
        #expect(try dataset.labelIndices(in: space).count == 2)
        #expect(DatasetSummary(of: dataset).labels.count == dataset.labels.count)
        let other = try LabelSpace(["a", "b"])
        #expect(complaint { try dataset.labelIndices(in: other) }.utf8.count < 500)
      }
      #expect(complaint(about: #"{"\#(marks)":1}"#, as: .jsonLines).utf8.count < 500)
      #expect(complaint(about: "\(marks)\n", as: .jsonLines).utf8.count < 500)
    }
    #expect(time < .seconds(5))
  }

  @Test func `combining marks in what tells the form of a file take time in proportion`() {
    let marks = "a" + String(repeating: "\u{301}\u{316}", count: 20_000)
    let time = ContinuousClock().measure {
      for text in [
        marks, "\(marks),b\nc,d", "__label__\(marks) \(marks)", "\(marks)|text",
        "{\"\(marks)\":[{}]}", "{\"\(marks)\":[\"\(marks)\"],\"text\":[\"\"]}",
      ] {
        for form in [FileForm(), FileForm(columns: ["text", "label"])] {
          _ = try? examples(of: text + "\n", as: nil, form: form)
        }
      }
    }
    #expect(time < .seconds(5))
  }

  private func check(_ bytes: [UInt8], as format: DataFormat?, _ form: FileForm = FileForm()) {
    for requireLabels in [true, false] {
      do {
        let read = try examples(
          of: bytes, as: format, requireLabels: requireLabels, form: form)
        #expect(read.allSatisfy { $0.line > 0 && (!requireLabels || $0.label != nil) })
      } catch {
        #expect(error is DataError && "\(error)".hasSuffix("."), "\(bytes)")
      }
    }
  }
}
