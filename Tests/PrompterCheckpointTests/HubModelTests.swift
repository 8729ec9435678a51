// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import Testing

@testable import PrompterCheckpoint

@Suite struct HubModelTests {
  private static let hasPython = FileManager.default.fileExists(atPath: "/usr/bin/python3")

  private let bench: Workbench

  init() throws { bench = try Workbench() }

  private func resolve(_ variables: [String: String] = ["HF_HUB_OFFLINE": "1"]) throws -> URL {
    let places = ["HF_HOME": bench.path + "home", "PROMPTER_CACHE": bench.path + "own"]
    let variables = variables.merging(places) { own, _ in own }
    return try ModelReference("hub:own/er").resolve(in: Surroundings(variables: variables)) { _ in }
  }

  private func cache(_ name: String) -> String { "home/hub/models--own--er/" + name }

  private func refusal(_ variables: [String: String] = ["HF_HUB_OFFLINE": "1"]) -> String? {
    #expect(throws: CheckpointError.self) { try resolve(variables) }?.description
  }

  @Test func `a model in the hub's cache is found without network`() throws {
    try bench.write("abc123\n", to: cache("refs/main"))
    try bench.write("{}", to: cache("snapshots/abc123/config.json"))
    #expect(refusal()?.hasSuffix("and HF_HUB_OFFLINE is set.") == true)
    try bench.write("{}", to: cache("snapshots/abc123/model.safetensors"))
    #expect(try resolve().path() == bench.path + cache("snapshots/abc123/"))
  }

  @Test func `a reference that leads elsewhere is not followed`() throws {
    try bench.write("../../..", to: cache("refs/main"))
    try bench.write("{}", to: "home/hub/config.json")
    try bench.write("{}", to: "home/hub/model.safetensors")
    #expect(refusal()?.hasSuffix("and HF_HUB_OFFLINE is set.") == true)
  }

  @Test func `only what a model needs is downloaded`() {
    let single: Set = ["model.safetensors", "model-00001-of-00002.safetensors"]
    func isWanted(_ name: String, _ names: Set<String>) -> Bool {
      HubDownload.isWanted(name, among: names)
    }
    #expect(isWanted("config.json", []) && isWanted("1_Pooling/config.json", []))
    #expect(!isWanted("pytorch_model.bin", []) && !isWanted("README.md", []))
    #expect(isWanted("model.safetensors", single))
    #expect(!isWanted("model-00001-of-00002.safetensors", single))
    #expect(isWanted("model-00001-of-00002.safetensors", ["model.safetensors.index.json"]))
    let both: Set = ["model.safetensors", "pytorch_model.bin"]
    #expect(isWanted("model.safetensors", both) && !isWanted("pytorch_model.bin", both))
    #expect(isWanted("pytorch_model.bin", ["pytorch_model.bin", "training_args.bin"]))
    #expect(!isWanted("training_args.bin", ["pytorch_model.bin", "training_args.bin"]))
    let shards: Set = ["pytorch_model.bin.index.json", "pytorch_model-00001-of-00002.bin"]
    #expect(shards.allSatisfy { isWanted($0, shards) })
  }

  @Test func `the configurations of a model's parts are downloaded too`() {
    #expect(HubDownload.isWanted("1_Pooling/config.json", among: []))
    #expect(HubDownload.isWanted("2_Pooling/config.json", among: []))
    #expect(HubDownload.isWanted("pooling/config.json", among: []))
    #expect(!HubDownload.isWanted("onnx/config.json", among: []))
    #expect(!HubDownload.isWanted("1_Pooling/more/config.json", among: []))
  }

  /// A hub with one model, whose list of files it gives for the main revision and for the commit.
  private func serve(_ files: [String: String]) throws -> WebServer {
    var siblings: [String] = []
    for (name, content) in files.sorted(by: { $0.key < $1.key }) {
      try bench.write(content, to: "web/own/er/resolve/c0ffee/\(name)")
      let blob = name.replacing("/", with: "-")
      siblings.append(
        #"{"rfilename": "\#(name)", "size": \#(content.utf8.count), "blobId": "\#(blob)"}"#)
    }
    let list = #"{"sha": "c0ffee", "siblings": [\#(siblings.joined(separator: ", "))]}"#
    for revision in ["main", "c0ffee"] {
      try bench.write(list, to: "web/api/models/own/er/revision/\(revision)")
    }
    return try WebServer(root: bench.folder.appending(path: "web"))
  }

  private static let files = [
    "config.json": "{}", "model.safetensors": "weights", "tokenizer.json": "{ }",
    "modules.json": "[]", "1_Pooling/config.json": "{  }",
  ]

  @Test(
    .enabled(if: hasPython),
    arguments: [
      ["config.json", "model.safetensors"],
      ["config.json", "model.safetensors", "tokenizer.json"],
      ["tokenizer.json"], ["config.json", "modules.json"],
    ])
  func `what another program left out of the cache is fetched`(left: [String]) throws {
    let server = try serve(Self.files)
    try bench.write("c0ffee", to: cache("refs/main"))
    for name in left {
      try bench.write(Self.files[name] ?? "", to: cache("snapshots/c0ffee/\(name)"))
    }
    let folder = try resolve(["HF_ENDPOINT": server.address])
    for (name, content) in Self.files {
      #expect(try String(contentsOf: folder.appending(path: name), encoding: .utf8) == content)
    }
    // From now on nobody is asked.
    #expect(try resolve(["HF_ENDPOINT": "http://127.0.0.1:9"]) == folder)
    #expect(try resolve() == folder)
    try FileManager.default.removeItem(at: folder.appending(path: "tokenizer.json"))
    #expect(try resolve(["HF_ENDPOINT": server.address]).hasFile("tokenizer.json"))
  }

  @Test(.enabled(if: hasPython))
  func `links to nothing and files that were cut off are fetched again`() throws {
    let server = try serve(Self.files)
    try bench.write("c0ffee", to: cache("refs/main"))
    for (name, content) in Self.files {
      try bench.write(content, to: cache("snapshots/c0ffee/\(name)"))
    }
    let folder = bench.folder.appending(path: cache("snapshots/c0ffee"))
    let config = folder.appending(path: "config.json")
    try FileManager.default.removeItem(at: config)
    try FileManager.default.createSymbolicLink(
      atPath: config.path(), withDestinationPath: "../../blobs/config.json")
    try bench.write("wei", to: cache("snapshots/c0ffee/model.safetensors"))
    try bench.write("wei", to: cache("blobs/model.safetensors"))
    let found = try resolve(["HF_ENDPOINT": server.address])
    #expect(
      try String(contentsOf: found.appending(path: "model.safetensors"), encoding: .utf8)
        == "weights")
    #expect(found.hasFile("config.json"))
  }

  @Test func `what is there is used where the hub cannot be reached`() throws {
    try bench.write("abc123", to: cache("refs/main"))
    try bench.write("{}", to: cache("snapshots/abc123/config.json"))
    try bench.write("{}", to: cache("snapshots/abc123/pytorch_model.bin"))
    var sentences: [String] = []
    let variables = [
      "HF_HOME": bench.path + "home", "PROMPTER_CACHE": bench.path + "own",
      "HF_ENDPOINT": "http://127.0.0.1:9",
    ]
    let folder = try ModelReference("hub:own/er")
      .resolve(in: Surroundings(variables: variables)) { sentences.append($0) }
    #expect(folder.path() == bench.path + cache("snapshots/abc123/"))
    #expect(
      sentences == [
        "Whether all files of own/er are in the cache is not known; those that are there are used."
      ])
  }

  @Test(.enabled(if: hasPython))
  func `what is there is used where the cache cannot be written to`() throws {
    let server = try serve(Self.files)
    try bench.write("c0ffee", to: cache("refs/main"))
    for name in ["config.json", "model.safetensors"] {
      try bench.write(Self.files[name] ?? "", to: cache("snapshots/c0ffee/\(name)"))
    }
    // No permission keeps root from a folder.
    try bench.write("", to: cache("blobs"))
    let folder = try resolve(["HF_ENDPOINT": server.address])
    #expect(folder.path() == bench.path + cache("snapshots/c0ffee/"))
    #expect(!folder.hasFile("tokenizer.json"))
  }

  @Test func `a hub that does not answer is named`() throws {
    let sentence = refusal(["HF_ENDPOINT": "http://127.0.0.1:9"])
    #expect(
      sentence?.hasPrefix(
        "The model hub:own/er is not available: "
          + "http://127.0.0.1:9/api/models/own/er/revision/main?blobs=true gave ") == true)
  }

  @Test(.enabled(if: hasPython))
  func `a download is checked and laid out as the hub's programs do`() throws {
    let weights = "weights"
    var hash = SHA256()
    hash.update(Array(weights.utf8))
    try bench.write("{}", to: "web/own/er/resolve/c0ffee/config.json")
    try bench.write("{}", to: "web/own/er/resolve/c0ffee/1_Pooling/config.json")
    try bench.write(weights, to: "web/own/er/resolve/c0ffee/model.safetensors")
    func list(_ sha256: String) throws {
      try bench.write(
        """
        {"sha": "c0ffee", "siblings": [
          {"rfilename": "README.md", "size": 9, "blobId": "r"},
          {"rfilename": "config.json", "size": 2, "blobId": "cfg"},
          {"rfilename": "1_Pooling/config.json", "size": 2, "blobId": "cfg"},
          {"rfilename": "model.safetensors", "size": 7, "lfs": {"sha256": "\(sha256)", "size": 7}}]}
        """, to: "web/api/models/own/er/revision/main")
    }
    let server = try WebServer(root: bench.folder.appending(path: "web"))

    try list("beef")
    #expect(refusal(["HF_ENDPOINT": server.address])?.hasSuffix(", not beef.") == true)
    #expect(!bench.folder.hasFile(cache("refs/main")))

    try list(hash.digest)
    let folder = try resolve(["HF_ENDPOINT": server.address])
    #expect(
      try String(contentsOfFile: folder.path() + "model.safetensors", encoding: .utf8) == weights)
    #expect(folder.hasFile("1_Pooling/config.json") && !folder.hasFile("README.md"))
    #expect(bench.folder.hasFile(cache("blobs/\(hash.digest)")))
    #expect(try resolve() == folder)
  }
}

/// Python's web server over a folder, on a free port of this machine.
private final class WebServer {
  let address: String
  private let process = Process()

  init(root: URL) throws {
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = [
      "-u", "-m", "http.server", "0", "--bind", "127.0.0.1",
      "--directory", root.path(percentEncoded: false),
    ]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    let port = line.split(separator: " ").drop { $0 != "port" }.dropFirst().first ?? ""
    address = "http://127.0.0.1:\(port)"
  }

  deinit {
    process.terminate()
  }
}
