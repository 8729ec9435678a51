// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterTensor
import PrompterTestSupport
import Testing

/// Archives whose parts contradict each other must be refused with a sentence.
@Suite struct ZipArchiveTests {
  private let bench: Workbench
  private let sound = ArchiveMaker(
    pickle: PickleMaker.dictionary([
      "t": PickleMaker.tensor(), "u": PickleMaker.tensor(PickleMaker.storage("1")),
    ]),
    storages: [[UInt8](repeating: 0, count: 48), [UInt8](repeating: 1, count: 48)])

  init() throws { bench = try Workbench() }

  private func refusal(_ bytes: [UInt8]) throws -> String {
    let url = try bench.write(bytes, to: "pytorch_model.bin")
    return Workbench.refusal(of: url) { _ = try PyTorchFile(contentsOf: $0) }
  }

  private func refusal(_ change: (inout ArchiveMaker) -> Void) throws -> String {
    var archive = sound
    change(&archive)
    return try refusal(archive.bytes)
  }

  @Test func `the maker's own archive is sound, with and without a comment`() throws {
    #expect(try refusal { _ in } == "no error")
    #expect(try refusal { $0.comment = Array("PK\u{5}\u{6} says nothing".utf8) } == "no error")
  }

  @Test(arguments: ["compressed.bin", "bomb.bin"])
  func `a compressed archive is refused and nothing is inflated`(name: String) {
    let url = Workbench.fixture("pytorch/\(name)")
    let refusal = Workbench.refusal(of: url) { _ = try PyTorchFile(contentsOf: $0) }
    #expect(refusal.hasSuffix("is compressed, which PyTorch's own files never are."))
  }

  @Test func `files that share bytes are refused`() throws {
    let sentence = "its parts a/data/0 and a/data/1 overlap."
    // The second storage's header within the first one's bytes, and at the very same place.
    let start = 30 + "a/data.pkl".utf8.count + sound.parts[0].bytes.count
    for shift in [0, 1, 30 + "a/data/0".utf8.count + 47] {
      #expect(try refusal { $0.parts[2].listedStart = start + shift } == sentence)
    }
    // The first storage long enough to reach into the second.
    #expect(try refusal { $0.parts[1].listedByteCount = 49 }.hasPrefix("at byte"))
    #expect(
      try refusal {
        $0.parts[1].flags = 8
        $0.parts[1].listedByteCount = 1 << 20
      }.hasPrefix("at byte"))
  }

  @Test func `a file that stands twice is refused`() throws {
    let again = sound.parts[1]
    #expect(try refusal { $0.parts.append(again) } == "it has a/data/0 twice.")
  }

  @Test func `a directory that contradicts the files is refused`() throws {
    let sentence = "what the archive's directory says was expected."
    #expect(try refusal { $0.parts[1].listedName = "a/data/7" }.hasSuffix(sentence))
    #expect(try refusal { $0.parts[1].listedByteCount = 44 }.hasSuffix(sentence))
    #expect(
      try refusal {
        $0.parts[1].method = 8
        $0.parts[1].listedMethod = 0
      }.hasSuffix(sentence))
    let misplaced = "a/data/1 is not where the zip archive's directory says."
    #expect(try refusal { $0.parts[2].listedStart = 1 << 20 } == misplaced)
    let inside = 30 + "a/data.pkl".utf8.count + sound.parts[0].bytes.count + 90
    #expect(try refusal { $0.parts[2].listedStart = inside } == misplaced)
  }

  @Test func `encrypted files and other disks are refused`() throws {
    #expect(
      try refusal { $0.parts[1].flags = 1 }
        .hasSuffix("a/data/0 as it is, neither encrypted nor packed, was expected."))
    #expect(
      try refusal { $0.parts[1].listedPackedByteCount = 3 }
        .hasSuffix("a/data/0 as it is, neither encrypted nor packed, was expected."))
    #expect(try refusal { $0.listedDisk = 1 }.hasSuffix("an archive in one piece was expected."))
  }

  @Test func `an end that contradicts the directory is refused`() throws {
    #expect(try refusal { $0.listedCount = 2 }.hasSuffix("nothing more was expected."))
    #expect(
      try refusal { $0.listedCount = 4 }
        .hasPrefix("the zip archive's directory ends too early, at byte "))
    #expect(
      try refusal { $0.listedDirectoryStart = 7 }.contains("a directory that ends at byte "))
    #expect(
      try refusal { $0.listedDirectoryStart = 0xFFFF_FFFF }
        .contains("a directory that ends at byte "))
    #expect(
      try refusal { $0.bytesBeforeEnd = [0] }.contains("a directory that ends at byte "))
    let locator: [UInt8] = [0x50, 0x4B, 6, 7] + [UInt8](repeating: 0xFF, count: 16)
    #expect(try refusal { $0.bytesBeforeEnd = locator }.contains("in the zip archive's locator"))
    #expect(
      try refusal(sound.bytes + [0]) == "it begins as a zip archive and has not the end of one.")
  }

  @Test func `an archive that PyTorch did not write is refused`() throws {
    let sentence = "a zip archive with one data.pkl, as torch.save writes it, was expected."
    #expect(try refusal { $0.parts[0].name = "a/other.pkl" } == sentence)
    let second = ArchiveMaker.Part(name: "b/data.pkl", bytes: [])
    #expect(try refusal { $0.parts.append(second) } == sentence)
    let order = ArchiveMaker.Part(name: "a/byteorder", bytes: Array("big".utf8))
    #expect(
      try refusal { $0.parts.append(order) }
        == "its numbers are big-endian; little-endian ones were expected.")
  }

  @Test func `a long record that contradicts the short one is refused`() throws {
    // PyTorch ends its archives with a long record, a locator and the short record, which counts
    // the files at its byte 8.
    let whole = try Workbench.bytes(of: "pytorch/zip.bin")
    for place in [whole.count - 22 + 10, whole.count - 22 + 12, whole.count - 22 + 16] {
      var bytes = whole
      bytes[place] ^= 1
      #expect(
        try refusal(bytes).contains("what the longer record before it says was expected")
          || refusal(bytes).contains("an archive in one piece"))
    }
  }
}
