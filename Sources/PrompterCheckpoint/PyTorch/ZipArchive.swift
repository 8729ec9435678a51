// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels

/// The files in a zip archive that stores them as they are, which is how PyTorch writes archives.
///
/// Compressed files are refused rather than inflated, so that no archive can hold more than its own
/// length. Every byte belongs to one file at most. The checksums are not computed: that would read
/// gigabytes to open what is only mapped, and safetensors has none either.
struct ZipArchive {
  /// Where the bytes of each file are.
  private let ranges: [String: Range<Int>]

  /// Reads the directory at the archive's end and checks it against what stands before each file.
  init(_ mapping: MappedFile, file: String) throws {
    let directory = try ZipDirectory(mapping, file: file)
    var cursor = FileCursor(
      mapping, in: directory.range, part: "the zip archive's directory", file: file)
    var entries: [ZipEntry] = []
    for _ in 0..<directory.count { entries.append(try ZipEntry(from: &cursor)) }
    guard cursor.position == directory.range.upperBound else {
      throw cursor.failure("nothing more was expected")
    }
    entries.sort { $0.start < $1.start }
    var ranges: [String: Range<Int>] = [:]
    var previous: (name: String, end: Int) = ("", 0)
    for entry in entries {
      guard entry.start >= previous.end else {
        throw CheckpointError.malformed(
          file: file, reason: "its parts \(previous.name) and \(entry.shownName) overlap")
      }
      let range = try entry.range(in: mapping, before: directory.range.lowerBound, file: file)
      guard ranges.updateValue(range, forKey: entry.name) == nil else {
        throw CheckpointError.malformed(file: file, reason: "it has \(entry.shownName) twice")
      }
      previous = (entry.shownName, range.upperBound)
    }
    self.ranges = ranges
  }

  /// The names of all files, in no order.
  var names: some Sequence<String> { ranges.keys }

  /// Where the bytes of a file are, nil if there is none of this name.
  subscript(name: String) -> Range<Int>? { ranges[name] }
}
