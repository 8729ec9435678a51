// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterAutodiff
internal import PrompterNN
internal import PrompterTensor

/// Biases by distance (Raffel and others 2020, section 2.1): a table of numbers for each head and
/// each bucket of distances, shared by all layers of a stack.
///
/// Near distances have a bucket each; beyond, buckets widen with the distance's logarithm, and from
/// some distance on all share one. An encoder has half of its buckets for keys after the query; in
/// a decoder there are none after it.
struct DistanceBiases: Sendable {
  let table: Parameter  // [buckets, heads]
  let isCausal: Bool
  let reach: Int  // the distance from which on all share a bucket

  func callAsFunction(upTo distance: Int, in pass: Pass) -> BiasLines {
    BiasLines(table: pass(table), reach: distance) { bucket(of: $0) }
  }

  /// The bucket of the distance from a query to a key.
  func bucket(of distance: Int) -> Int {
    let all = table.value.shape[0]
    if isCausal { return bucket(ofLength: max(0, -distance), among: all) }
    return (distance > 0 ? all / 2 : 0) + bucket(ofLength: abs(distance), among: all / 2)
  }

  private func bucket(ofLength length: Int, among count: Int) -> Int {
    let exact = count / 2
    guard length >= exact else { return length }
    // In single precision, as the models were trained: at a bucket's edge it decides.
    let share =
      log(Float(length) / Float(exact)) / Float(log(Double(reach) / Double(exact)))
    return min(exact + Int(share * Float(count - exact)), count - 1)
  }
}
