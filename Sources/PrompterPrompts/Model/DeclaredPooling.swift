// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterCheckpoint
package import PrompterCore

/// What a folder of sentence-transformers says of how hidden states become one vector.
///
/// `modules.json` names the folder whose `config.json` says it, usually `1_Pooling`. Up to version
/// 5.3 that has a flag for each way, since then one key `pooling_mode`.
package struct DeclaredPooling {
  /// The way, `nil` if it is none that a head reads by here.
  package let pooling: Pooling?
  /// The way in the file's own words.
  package let name: String
  /// The file within the folder.
  package let file: String

  /// What a folder says; `nil` if nothing.
  static func read(from folder: URL) throws -> DeclaredPooling? {
    let file = try place(in: folder)
    guard let file else { return nil }
    let names = try decodeJSON(Declaration.self, from: folder.appending(path: file)).names
    let pooling: Pooling? =
      switch names {
      case ["cls"]: .cls
      case ["mean"]: .mean
      default: nil
      }
    return DeclaredPooling(
      pooling: pooling, name: names.isEmpty ? "none" : names.joined(separator: " and "), file: file)
  }

  /// The path of the file that says it, if there is one.
  private static func place(in folder: URL) throws -> String? {
    let usual = "1_Pooling/config.json"
    guard let listed = try SentenceModules(of: folder) else {
      return folder.holdsFile(usual) ? usual : nil
    }
    guard let pooling = listed.pooling else { return nil }
    guard let path = pooling.path, !path.isEmpty else {
      throw CheckpointError.malformed(
        file: folder.appending(path: SentenceModules.file).path(percentEncoded: false),
        reason: "the path of its Pooling leads out of the folder")
    }
    return "\(path)/config.json"
  }

  /// A pooling's config.json.
  private struct Declaration: Decodable {
    /// The ways that are put side by side; more than one is rare.
    let names: [String]

    private enum Keys: String, CodingKey, CaseIterable {
      case mode = "pooling_mode"
      case cls = "pooling_mode_cls_token"
      case mean = "pooling_mode_mean_tokens"
      case max = "pooling_mode_max_tokens"
      case meanOfRoots = "pooling_mode_mean_sqrt_len_tokens"
      case weightedMean = "pooling_mode_weightedmean_tokens"
      case last = "pooling_mode_lasttoken"

      var way: String {
        switch self {
        case .mode: "mode"
        case .cls: "cls"
        case .mean: "mean"
        case .max: "max"
        case .meanOfRoots: "mean_sqrt_len_tokens"
        case .weightedMean: "weightedmean"
        case .last: "lasttoken"
        }
      }
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Keys.self)
      if values.contains(.mode), try !values.decodeNil(forKey: .mode) {
        let list = try? values.decode([String].self, forKey: .mode)
        names = try list ?? [values.decode(String.self, forKey: .mode)]
        return
      }
      let flags = Keys.allCases.dropFirst().filter(values.contains)
      // Without any flag sentence-transformers takes the mean.
      guard !flags.isEmpty else {
        names = ["mean"]
        return
      }
      names = try flags.filter { try values.decodeIfPresent(Bool.self, forKey: $0) == true }
        .map(\.way)
    }
  }
}
