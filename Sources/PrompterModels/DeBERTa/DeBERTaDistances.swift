// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Which vector of a table of relative positions a distance has (He and others 2021, sections 3.1
/// and, of version 2, 5).
///
/// Without buckets each distance up to the reach has a vector of its own. With buckets the nearer
/// half of them hold one distance each, and the others widen with the distance's logarithm until
/// the reach. What is farther shares the last one, in either direction.
public struct DeBERTaDistances: Sendable, Equatable {
  /// The number of buckets in each direction; nil where each distance has a vector.
  public let bucketCount: Int?
  /// The distance up to which vectors are told apart.
  public let reach: Int

  /// Distances up to a reach, in buckets or each by itself.
  public init(bucketCount: Int?, reach: Int) {
    self.bucketCount = bucketCount
    self.reach = reach
  }

  /// The number of vectors in each direction.
  public var span: Int { bucketCount ?? reach }

  /// The row of the table, of 2 ``span``, for a key that stands `distance` places after its query.
  ///
  /// A query's product with a key of positions and a key's with a query of positions take the same.
  public func row(of distance: Int) -> Int {
    min(max(span - bucket(of: distance), 0), 2 * span - 1)
  }

  // The distance itself, or the number of its bucket with its sign.
  private func bucket(of distance: Int) -> Int {
    guard let bucketCount, abs(distance) > bucketCount / 2 else { return distance }
    let exact = bucketCount / 2
    // In single precision and in this order, as the models were trained: at an edge it decides.
    let widest = log(Float(Double(reach - 1) / Double(exact)))
    let share = log(Float(abs(distance)) / Float(exact)) / widest
    return (Int((share * Float(exact - 1)).rounded(.up)) + exact) * distance.signum()
  }
}
