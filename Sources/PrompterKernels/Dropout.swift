// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// Dropout whose mask is a function of counters, not of a generator's state.
///
/// Srivastava and others 2014. A value is dropped or kept according to `key`, its row's key and its
/// column alone, so a mask does not depend on how a batch is split over replicas, and a resumed run
/// draws the same masks.
public struct Dropout: Sendable {
  /// The probability that a value is dropped, in 0 ..< 1.
  public let probability: Float

  /// What tells this place in the model and this step from all others.
  public let key: UInt32

  /// Dropout with a probability in 0 ..< 1 under a key.
  public init(probability: Float, key: UInt32) {
    precondition(probability >= 0 && probability < 1, "Dropout cannot be \(probability).")
    self.probability = probability
    self.key = key
  }

  var threshold: UInt32 { UInt32(Double(probability) * 4_294_967_296) }
  var scale: Float { 1 / (1 - probability) }
}

extension Kernels {
  /// y = x with values dropped and the others scaled up; the pullback is the same function.
  public static func drop(
    _ x: Buffer, by dropout: Dropout, rowKeys: [UInt32], into y: Buffer
  ) {
    expect(x, count: y.count, "drop")
    guard !rowKeys.isEmpty else { return }
    precondition(x.count % rowKeys.count == 0, "drop: the rows do not fill the matrix.")
    unsafe prompter_dropout(
      y.base, x.base, dropout.key, rowKeys, dropout.threshold, dropout.scale, rowKeys.count,
      x.count / rowKeys.count)
  }
}
