// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterCLI

/// What the scripts say; Scripts/test-shells.sh tries them in the shells.
@Suite struct CompletionScriptTests {
  @Test func `the shell that is asked for is known`() {
    let option = "--generate-completion-script"
    #expect(CompletionScript.shell(in: [option, "zsh"]) == "zsh")
    #expect(CompletionScript.shell(in: [option + "=fish"]) == "fish")
    #expect(CompletionScript.shell(in: ["train", option]) == nil)
    #expect(CompletionScript.shell(in: []) == nil)
  }

  @Test func `bash falls back on file names`() throws {
    let script = try prompter(["--generate-completion-script", "bash"]).output
    #expect(
      script.hasSuffix(
        "complete -o bashdefault -o default -o filenames -F _prompter_at_equals_signs prompter\n"))
    #expect(script.contains("\n_prompter() {"))
  }

  @Test func `in zsh every option that has a value takes it after an equals sign`() throws {
    let script = try prompter(["--generate-completion-script=zsh"]).output
    let specs = script.split(separator: "\n").map { $0.drop { $0 == " " } }
      .filter { $0.hasPrefix("'--") || $0.hasPrefix("'*--") }
    let valued = specs.filter { $0.contains("]:") }
    #expect(valued.count > 80)
    #expect(valued.allSatisfy { $0.contains("=[") })
    #expect(specs.filter { !$0.contains("]:") }.allSatisfy { !$0.contains("=[") })
    #expect(script.contains(#"{compset -P "*="; _files -/}'"#))
  }

  @Test func `in fish folders are found behind an equals sign`() throws {
    let script = try prompter(["--generate-completion-script", "fish"]).output
    #expect(script.components(separatedBy: "function __prompter_complete_directories").count == 3)
  }

  // Options and arguments whose values are files or folders, by their value names.
  @Test func `every option that names a file or a folder completes it`() throws {
    let script = try prompter(["--generate-completion-script", "zsh"]).output
    let places = [":file:", ":dir:", ":name=dir:", ":model:", ":folder:", ":output:"]
    let lines = script.split(separator: "\n").filter { line in places.contains { line.contains($0) }
    }
    #expect(lines.count > 20)
    for line in lines { #expect(line.contains("_files"), "\(line)") }
  }
}
