// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What a run of the built program printed.
struct Run {
  let status: Int32
  let output: String
  let messages: String

  /// Standard output as one JSON object.
  func object() throws -> [String: Any] {
    try #require(
      JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any], "\(messages)")
  }

  /// Standard output as JSON objects, one a line.
  func objects() throws -> [[String: Any]] {
    try output.split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }
}

/// The environment of programs that tests start: what they remember is none of the user's.
let testEnvironment = ProcessInfo.processInfo.environment.merging([
  "PROMPTER_CACHE": FileManager.default.temporaryDirectory.appending(path: "prompter-tests").path
]) { _, cache in cache }

/// Runs the program that was built beside the tests.
///
/// - Parameters:
///   - arguments: Its arguments.
///   - input: Its standard input.
///   - fileLimit: The kilobytes that a file may have, as if the disk were full beyond; nil for any.
/// - Returns: What it printed.
/// - Throws: An error if it cannot be started.
func prompter(
  _ arguments: [String], input: String = "", fileLimit: Int? = nil
) throws -> Run {
  let process = Process()
  process.executableURL = try program()
  process.arguments = arguments
  process.environment = testEnvironment
  if let fileLimit {
    let script = "trap '' XFSZ; ulimit -f \(fileLimit); exec \"$0\" \"$@\""
    process.arguments = ["-c", script, try program().path] + arguments
    process.executableURL = URL(filePath: "/bin/bash")
  }
  let files = try (0..<3).map { _ in try TemporaryFile() }
  try Data(input.utf8).write(to: files[0].url)
  process.standardInput = try FileHandle(forReadingFrom: files[0].url)
  process.standardOutput = try FileHandle(forWritingTo: files[1].url)
  process.standardError = try FileHandle(forWritingTo: files[2].url)
  try process.run()
  process.waitUntilExit()
  // The files go with their owners, which optimised code lets go of after their last mention.
  return try withExtendedLifetime(files) {
    Run(
      status: process.terminationStatus,
      output: try String(decoding: Data(contentsOf: files[1].url), as: UTF8.self),
      messages: try String(decoding: Data(contentsOf: files[2].url), as: UTF8.self))
  }
}

/// The program while it runs, asked one line after another.
final class Session {
  private let process = Process()
  private let (input, output, messages) = (Pipe(), Pipe(), Pipe())

  /// Starts the program that was built beside the tests.
  init(_ arguments: [String]) throws {
    process.executableURL = try program()
    process.arguments = arguments
    process.environment = testEnvironment
    (process.standardInput, process.standardOutput) = (input, output)
    process.standardError = messages
    try process.run()
  }

  /// Writes to its standard input.
  func send(_ text: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
  }

  /// The next line of its standard output, or what is there of it at the end.
  func line() throws -> String {
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8) {
      line += byte
    }
    return String(decoding: line, as: UTF8.self)
  }

  /// Ends its input and waits: the exit code, and all that it said on standard error.
  func end() throws -> (status: Int32, messages: String) {
    try input.fileHandleForWriting.close()
    let said = try messages.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: said, as: UTF8.self))
  }
}

// The test bundle is a program itself on Linux, and an argument of the helper on macOS.
private func program() throws -> URL {
  let places = CommandLine.arguments + Bundle.allBundles.map(\.bundlePath)
  let found = places.lazy.compactMap { place -> URL? in
    guard place.contains("/") else { return nil }
    var folder = URL(filePath: place)
    while folder.pathComponents.count > 1 {
      folder.deleteLastPathComponent()
      let candidate = folder.appending(path: "prompter", directoryHint: .notDirectory)
      let attributes = try? FileManager.default.attributesOfItem(atPath: candidate.path)
      if attributes?[.type] as? FileAttributeType == .typeRegular {
        return candidate
      }
    }
    return nil
  }
  return try #require(found.first, "The program prompter is not beside the tests.")
}

/// A file that is gone when nobody holds it.
final class TemporaryFile {
  let url = FileManager.default.temporaryDirectory.appending(path: "prompter-cli-\(UUID())")

  init() throws {
    try Data().write(to: url)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }
}

/// Calls `body` with a folder that is gone afterwards.
func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "prompter-cli-\(UUID())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// The folder of the tests' fixtures.
let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appending(path: "Fixtures")

/// A BERT of three layers of width 32.
let tinyModel = fixtures.appending(components: "bert", "model").path

/// Writes short films' reviews, told apart by one word.
func writeReviews(_ count: Int, to file: URL) throws {
  let (good, bad) = (["good", "great", "best", "fun"], ["bad", "dull", "worst", "long"])
  let lines = (0..<count).map { index in
    // Three of five are good, so that the majority is no draw.
    let isGood = [0, 2, 4].contains(index % 5)
    let word = (isGood ? good : bad)[index / 5 % 4]
    let thing = ["film", "story", "play"][index % 3]
    return #"{"text": "the \#(thing) was \#(word)", "label": "\#(isGood ? "good" : "bad")"}"#
  }
  try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
}

/// The program while it runs beside a test, which looks at what it writes and may end it.
final class BackgroundRun {
  private let process = Process()
  private let (output, messages) = (Result { try TemporaryFile() }, Result { try TemporaryFile() })

  /// Starts the program that was built beside the tests.
  init(_ arguments: [String]) throws {
    process.executableURL = try program()
    process.arguments = arguments
    process.standardOutput = try FileHandle(forWritingTo: output.get().url)
    process.standardError = try FileHandle(forWritingTo: messages.get().url)
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// What it said on standard error so far.
  func said() throws -> String {
    try String(decoding: Data(contentsOf: messages.get().url), as: UTF8.self)
  }

  /// Waits until something is so; false if the program ends or a minute passes before that.
  func wait(until condition: () throws -> Bool) throws -> Bool {
    for _ in 0..<60_000 {
      if try condition() { return true }
      guard process.isRunning else { return try condition() }
      usleep(1_000)
    }
    return false
  }

  /// Sends it a signal and waits for its end: its exit code, or nil if the signal ended it.
  func end(by signal: Int32) -> Int32? {
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : nil
  }

  /// The number of its process.
  var identifier: Int32 { process.processIdentifier }
}

/// Runs a command of the shell, in which `$0` is the program that was built beside the tests.
func shell(_ command: String, in folder: URL) throws -> Run {
  let process = Process()
  process.executableURL = URL(filePath: "/bin/bash")
  process.arguments = ["-c", command, try program().path]
  process.environment = testEnvironment
  process.currentDirectoryURL = folder
  let files = try (0..<2).map { _ in try TemporaryFile() }
  process.standardInput = FileHandle.nullDevice
  process.standardOutput = try FileHandle(forWritingTo: files[0].url)
  process.standardError = try FileHandle(forWritingTo: files[1].url)
  try process.run()
  process.waitUntilExit()
  return try withExtendedLifetime(files) {
    Run(
      status: process.terminationStatus,
      output: try String(decoding: Data(contentsOf: files[0].url), as: UTF8.self),
      messages: try String(decoding: Data(contentsOf: files[1].url), as: UTF8.self))
  }
}
