// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Terminals, devices, pipes, links and limits: what surrounds the program.
@Suite struct SurroundingsTests {
  private static let code = "a\u{1B}]0;owned\u{7}\u{1B}[2J\u{202E}"

  // A folder with a prompt whose label is made of escape codes.
  private func withPrompt(
    label: String = "a", _ more: [String] = [], _ body: (_ folder: URL) throws -> Void
  ) throws {
    try withFolder { folder in
      let rows = [["text": "good", "label": label], ["text": "bad", "label": "b"]]
      let lines = try rows.map { try JSONEncoder().encode($0) + Data("\n".utf8) }
      try lines.reduce(Data(), +).write(to: folder.appending(path: "a.jsonl"))
      let run = try shell(
        "\"$0\" train --model '\(tinyModel)' --task text-classification --train a.jsonl --steps 2 "
          + "--max-length 16 --threads 1 --output out --quiet " + more.joined(separator: " "),
        in: folder)
      try #require(run.status == 0, "\(run.messages)")
      try body(folder)
    }
  }

  private func expectNoControls(
    _ run: Run, status: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(run.status == status, "\(run.messages)", sourceLocation: sourceLocation)
    let all = (run.output + run.messages).unicodeScalars
    #expect(
      all.allSatisfy { ($0.value >= 0x20 || $0 == "\n") && $0 != "\u{202E}" },
      "\(run.output)\(run.messages)", sourceLocation: sourceLocation)
  }

  @Test func `text of files is shown without control characters`() throws {
    try withPrompt(label: Self.code) { folder in
      let predict = "\"$0\" predict --model '\(tinyModel)' --prompt out --threads 1 "
      let evaluate = "\"$0\" evaluate --model '\(tinyModel)' --prompt out a.jsonl "
      for command in [
        "\"$0\" prompt inspect out", "\"$0\" prompt inspect out --json", predict + "--text good",
        predict + "--text good --json", evaluate, evaluate + "--json",
        "\"$0\" data preview a.jsonl",
        "\"$0\" data summary a.jsonl --json",
      ] {
        let run = try shell(command, in: folder)
        expectNoControls(run)
        #expect(run.output.contains("owned") || run.output.contains("Label"))
      }
      try Data("x\u{1B}[2J,y\n1,2\n".utf8).write(to: folder.appending(path: "c.csv"))
      expectNoControls(try shell("\"$0\" data preview c.csv", in: folder), status: 65)
      let name = folder.appending(path: "new\n\u{1B}[2Jline.jsonl")
      try Data().write(to: name)
      let run = try prompter(["data", "preview", name.path])
      expectNoControls(run, status: 65)
      #expect(run.messages.split(separator: "\n").count == 1)
    }
  }

  @Test func `names in a model's files are shown without control characters`() throws {
    try withPrompt { folder in
      let model = folder.appending(path: "M")
      try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
      for name in ["config.json", "vocab.txt"] {
        try FileManager.default.copyItem(
          atPath: tinyModel + "/" + name, toPath: model.appending(path: name).path)
      }
      try Data(#"{"weight_map":{"a":"../\u001b[2Jx"}}"#.utf8)
        .write(to: model.appending(path: "model.safetensors.index.json"))
      let run = try shell("\"$0\" predict --model M --prompt out --text a", in: folder)
      #expect(run.status != 0)
      expectNoControls(run, status: run.status)
    }
  }

  @Test func `devices, pipes and links to them are never replaced`() throws {
    try withPrompt(["--method", "prompt-tuning"]) { folder in
      let setup = "mkfifo pipe; ln -s /dev/null link; ln -s no/where gone; mknod null c 1 3 || true"
      _ = try shell(setup, in: folder)
      let names = ["pipe", "link", "gone", "null"].filter {
        (try? FileManager.default.attributesOfItem(atPath: folder.appending(path: $0).path)) != nil
      }
      #expect(names.count >= 3)
      for name in names + ["/dev/null"] {
        let run = try shell("\"$0\" prompt convert out \(name) --to npy --overwrite", in: folder)
        #expect(run.status == 74, "\(name)")
        #expect(run.messages.hasPrefix("prompter: Cannot write "))
        #expect(run.messages.split(separator: "\n").count == 1)
        #expect(try shell("test -f \(name)", in: folder).status == 1)
      }
      // A link to a file stays one, and the file is replaced.
      let linked = "touch file.npy; ln -s file.npy there"
      _ = try shell(linked, in: folder)
      let run = try shell("\"$0\" prompt convert out there --to npy --overwrite", in: folder)
      #expect(run.status == 0)
      #expect(try shell("test -L there && test -s file.npy", in: folder).status == 0)
    }
  }

  @Test(arguments: ["pipe", "link"])
  func `what stands for a prompt's file is not replaced either`(kind: String) throws {
    try withPrompt { folder in
      let command =
        kind == "pipe" ? "mkfifo out/prompter.json" : "ln -s ../a.jsonl out/prompter.json"
      #expect(try shell("rm out/prompter.json; \(command)", in: folder).status == 0)
      let run = try shell(
        "\"$0\" train --model '\(tinyModel)' --task text-classification --train a.jsonl --steps 2 "
          + "--max-length 16 --threads 1 --output out --overwrite --quiet", in: folder)
      #expect(run.status == 74, "\(run.messages)")
      #expect(
        try shell("test -\(kind == "pipe" ? "p" : "L") out/prompter.json", in: folder).status == 0)
    }
  }

  @Test func `pipes serve as data and queries`() throws {
    try withPrompt { folder in
      let predict = "\"$0\" predict --model '\(tinyModel)' --prompt out --threads 1 --quiet "
      let train = "--model '\(tinyModel)' --task text-classification --steps 2 --max-length 16 "
      let query = #"{"text": "good"}"#
      for command in [
        "cat a.jsonl | \"$0\" data preview /dev/stdin", "\"$0\" data preview <(cat a.jsonl)",
        "mkfifo p.jsonl; cat a.jsonl > p.jsonl & \"$0\" data preview p.jsonl",
        "printf 'text\\tlabel\\ngood\\ta\\n' | \"$0\" data preview /dev/stdin",
        "printf 'text,label\\n\"a, b\",a\\n' | \"$0\" data preview /dev/stdin",
        "echo '[\(query)]' | \"$0\" data preview /dev/stdin",
        "echo '\(query)' | \(predict) /dev/stdin", "\(predict) <(echo '\(query)')",
        "echo '\(query)' | \(predict) -",
        "\"$0\" train \(train) --train <(cat a.jsonl) --validation <(cat a.jsonl) --output p --quiet",
        "\"$0\" evaluate --model '\(tinyModel)' --prompt out <(cat a.jsonl)",
      ] {
        let run = try shell(command, in: folder)
        #expect(run.status == 0, "\(command): \(run.messages)")
      }
    }
  }

  @Test func `a pipe in place of a model's or a prompt's file is named for what it is`() throws {
    try withPrompt { folder in
      let command =
        "cp -r '\(tinyModel)' M; rm M/NAME; mkfifo M/NAME; "
        + "\"$0\" predict --model M --prompt out --text a"
      for name in ["config.json", "model.safetensors", "vocab.txt"] {
        let run = try shell(
          "rm -rf M; " + command.replacing("NAME", with: name), in: folder)
        #expect(run.status == 66, "\(name): \(run.messages)")
        #expect(run.messages.contains("not a regular file"), "\(run.messages)")
      }
      let prompt = try shell(
        "rm out/prompter.json; mkfifo out/prompter.json; \"$0\" prompt inspect out", in: folder)
      #expect(prompt.status == 66)
      #expect(prompt.messages.contains("it is not a regular file but a named pipe"))
    }
  }

  @Test func `errors name the cause in one short sentence`() throws {
    try withFolder { folder in
      let long = String(repeating: "n", count: 300)
      let deep = String(repeating: "d/", count: 2_500)
      _ = try shell(
        "ln -s loop.jsonl loop.jsonl; ln -s loop loop; mkdir f.jsonl; touch file", in: folder)
      for (arguments, status, cause) in [
        ("data preview \(long).jsonl", 66, "File name too long"),
        ("data preview \(deep)x.jsonl", 66, "File name too long"),
        ("data preview loop.jsonl", 66, "Too many levels of symbolic links"),
        ("data preview f.jsonl", 66, "it is a folder"),
        ("data preview file/x.jsonl", 66, "Not a directory"),
        ("prompt inspect loop", 66, "Too many levels of symbolic links"),
        ("prompt inspect file", 66, "it is a regular file, not a folder"),
        ("prompt inspect \(long)", 66, "File name too long"),
        ("model inspect loop", 66, "Too many levels of symbolic links"),
        ("model inspect \(long)", 66, "File name too long"),
        (
          "predict --model \(long) --prompt file --text x", 66, "it is a regular file, not a folder"
        ),
        ("train --model m --task sst2 --train t.tsv --output file/x", 74, "Not a directory"),
        ("train --model m --task sst2 --train t.tsv --output \(long)", 74, "File name too long"),
        ("train --model m --task sst2 --train t.tsv --output loop", 74, "Too many levels"),
        ("train --model m --task \(deep) --train t.tsv --output o", 64, "There is no task `d/d/"),
      ] as [(String, Int32, String)] {
        let run = try shell("\"$0\" \(arguments)", in: folder)
        let name = arguments.prefix(60)
        #expect(run.status == status, "\(name): \(run.messages)")
        #expect(run.messages.contains(cause), "\(name): \(run.messages)")
        #expect(run.messages.utf8.count < 500, "\(name)")
        #expect(run.messages.split(separator: "\n").count == 1, "\(name): \(run.messages)")
      }
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func `a full disk behind standard output is told`() throws {
    try withFolder { folder in
      let run = try shell("\"$0\" model inspect '\(tinyModel)' > /dev/full", in: folder)
      #expect(run.status == 74)
      #expect(
        run.messages == "prompter: Standard output cannot be written: No space left on device.\n")
    }
  }

  // Root may start as many threads as it likes, so it becomes nobody for this.
  private static let limited =
    getuid() != 0
    ? "" : "setpriv --reuid=65531 --regid=65534 --clear-groups "
  private static let canLimit =
    getuid() != 0 || FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")

  @Test(.enabled(if: canLimit), .timeLimit(.minutes(2)))
  func `where no thread can start, answers come all the same`() throws {
    try withPrompt { folder in
      let shape = "--model M --prompt out --threads 4 --quiet"
      let copy = "cp -r '\(tinyModel)' M; cp \"$0\" P; chmod -R a+rwX . ; chmod a+x P; "
      #expect(try shell(copy, in: folder).status == 0)
      // Where nobody may enter the folder of temporary files, there is nothing to see.
      let probe = try shell("\(Self.limited)bash -c 'ulimit -u 1; exec ./P --version'", in: folder)
      guard probe.status == 0 else { return }
      for arguments in [
        "predict \(shape) --text a", "predict \(shape) a.jsonl", "evaluate \(shape) a.jsonl",
        "train --model M --task text-classification --train a.jsonl --steps 2 --max-length 16 "
          + "--threads 4 --output new --quiet",
      ] {
        let run = try shell(
          "timeout 60 \(Self.limited)bash -c 'ulimit -u 1; exec ./P \(arguments)'", in: folder)
        #expect(run.status == 0, "\(arguments): \(run.messages)")
      }
    }
  }
}
