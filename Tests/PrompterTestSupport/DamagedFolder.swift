// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Testing

/// A folder in which one file at a time is damaged and mended again.
public final class DamagedFolder {
  /// The folder.
  public let url: URL
  private let files: [(file: Overwriting, sound: [UInt8])]
  private var mutations: Mutations

  /// A temporary folder with some files by their relative paths.
  public init(_ files: [String: [UInt8]], seed: Int, tokens: [String] = []) throws {
    let url = FileManager.default.temporaryDirectory.appending(
      path: UUID().uuidString, directoryHint: .isDirectory)
    self.url = url
    mutations = Mutations(seed: seed, tokens: tokens)
    self.files = try files.sorted { $0.key < $1.key }.map { name, bytes in
      let file = try Overwriting(url.appending(path: name))
      try file.write(bytes)
      return (file, bytes)
    }
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The bytes of the files of a folder, by their names.
  public static func files(of folder: URL) throws -> [String: [UInt8]] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
      .reduce(into: [:]) { files, name in
        files[name] = Array(try Data(contentsOf: folder.appending(component: name)))
      }
  }

  /// Reads the folder once for each round, one of its files damaged.
  ///
  /// It loads or is refused in a sentence. Nothing that `read` maps may be left when it returns.
  ///
  /// - Parameters:
  ///   - rounds: How often.
  ///   - sourceLocation: Where failures are told to be.
  ///   - read: Reads the folder and uses what it holds.
  /// - Returns: How often it could be read.
  /// - Throws: An error if a file cannot be damaged.
  @discardableResult
  public func survive(
    _ rounds: Int, sourceLocation: SourceLocation = #_sourceLocation, read: (URL) throws -> Void
  ) throws -> Int {
    var count = 0
    for round in 0..<rounds {
      let (file, sound) = files[mutations.below(files.count)]
      try file.write(mutations.damaged(sound))
      do {
        try read(url)
        count += 1
      } catch {
        #expect(
          "\(error)".hasSuffix("."), "round \(round), \(file.url.lastPathComponent): \(error)",
          sourceLocation: sourceLocation)
      }
      try file.write(sound)
    }
    return count
  }
}
