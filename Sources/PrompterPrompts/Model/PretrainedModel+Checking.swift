// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterCheckpoint
internal import PrompterModels
internal import PrompterTokenizer

extension PretrainedModel {
  /// Checks a folder with weights as reading it does, from the weights' headers alone.
  ///
  /// What is wrong with values is found when they are read.
  ///
  /// - Parameter folder: config.json, weights, and a tokenizer.
  /// - Returns: The tensors that are not read, known heads and buffers aside.
  /// - Throws: What ``init(contentsOf:precision:)`` throws.
  @discardableResult
  public static func check(contentsOf folder: URL) throws -> [String] {
    let configuration = try ModelFamilies.configuration(from: ModelFolder(folder))
    let unread = try configuration.check(Weights(contentsOf: folder))
    try configuration.check(Tokenizers.load(contentsOf: folder))
    return unread
  }
}

// More special tokens around a text than any model has.
private let mostSpecialTokens = 1_024

extension ModelConfiguration {
  /// Checks that a tokenizer makes nothing that is beyond the model's tables.
  ///
  /// A pair may still be: models with one segment read single texts.
  func check(_ tokenizer: any Tokenizer) throws {
    let limits = tokenizer.limits
    guard tokenizer.vocabularyCount <= vocabularyCount else {
      throw BackboneError.unusable(
        key: "vocab_size", found: "\(vocabularyCount)",
        expected: "at least the tokenizer's \(tokenizer.vocabularyCount) pieces")
    }
    guard limits.id < vocabularyCount else {
      let piece = tokenizer.piece(of: limits.id).map { ", of the piece `\($0.prefix(40))`" } ?? ""
      throw BackboneError.beyond(
        what: "the id \(limits.id)\(piece)", key: "vocab_size", limit: vocabularyCount)
    }
    if let segmentLimit, limits.segment >= segmentLimit {
      throw BackboneError.beyond(
        what: "the segment \(limits.segment)", key: "type_vocab_size", limit: segmentLimit)
    }
    let room = positionLimit ?? mostSpecialTokens
    guard limits.specialCount < room, limits.pairSpecialCount <= mostSpecialTokens else {
      throw BackboneError.beyond(
        what: "\(max(limits.specialCount, limits.pairSpecialCount)) special tokens around a text",
        key: "max_position_embeddings", limit: room)
    }
  }
}
