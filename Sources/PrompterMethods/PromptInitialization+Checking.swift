// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

extension PromptInitialization {
  /// Whether there is enough to make so many vectors of so many values from.
  func isUsable(length: Int, width: Int) -> Bool {
    switch self {
    case .random, .positiveRandom: true
    case .vocabulary(let candidates): !candidates.isEmpty
    case .labels(let labels, let candidates):
      !candidates.isEmpty || labels.prefix(length).count { !$0.isEmpty } == length
    case .text(let ids): !ids.isEmpty
    case .prompt(let other): other.rows > 0 && other.columns == width
    }
  }

  /// A hash of the values that the start is made from; nil where the seed alone makes it.
  var sha256: String? {
    switch self {
    case .random, .positiveRandom: nil
    case .vocabulary(let candidates): digest(of: [candidates])
    case .labels(let labels, let candidates): digest(of: labels + [candidates])
    case .text(let ids): digest(of: [ids])
    case .prompt(let other): other.sha256
    }
  }
}

extension Tensor {
  /// A hash of the values.
  var sha256: String {
    var hash = SHA256()
    buffer.withBytesOfPieces { hash.update($0) }
    return hash.digest
  }
}

private func digest(of lists: [[Int32]]) -> String {
  var hash = SHA256()
  hash.update(lists: lists)
  return hash.digest
}
