// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels
internal import Foundation

/// The angles of rotary positions, for heads of one size and places up to some limit.
///
/// Su and others 2021 (RoFormer): value i of a head's first half and value i of its second are
/// turned together by place × base^(−2 i / size), so that the product of a query and a key depends
/// on their distance and not on their places.
public struct RotationTable: Sendable {
  /// The number of values in a head.
  public let size: Int
  /// The number of places.
  public let count: Int
  // For each place the cosines [size / 2], then the sines.
  let angles: Buffer

  /// A table for places below `count`.
  ///
  /// Angles are those of transformers, which multiplies places and frequencies as float32.
  ///
  /// - Complexity: O(count size) cosines and sines.
  public init(size: Int, base: Float, count: Int) {
    precondition(size > 0 && size % 2 == 0, "A head of \(size) values has no halves.")
    self.size = size
    self.count = count
    let half = size / 2
    let frequencies = (0..<half).map { 1 / powf(base, Float(2 * $0) / Float(size)) }
    angles = Buffer(count: count * size)
    angles.withMutableSpan { angles in
      for place in 0..<count {
        for (index, frequency) in frequencies.enumerated() {
          let angle = Double(Float(place) * frequency)
          angles[place * size + index] = Float(cos(angle))
          angles[place * size + half + index] = Float(sin(angle))
        }
      }
    }
  }
}

/// Which way heads are turned.
public enum RotationDirection: Sendable {
  /// By their places' angles.
  case forward
  /// Back: the pullback.
  case backward
}

/// The angles by which some rows' heads are turned.
public struct Rotation: Sendable {
  /// The angles of all places.
  public let table: RotationTable
  /// The place of each row.
  public let places: [Int32]

  /// The angles of rows that stand at places of a table.
  public init(_ table: RotationTable, places: [Int32]) {
    precondition(
      places.allSatisfy { $0 >= 0 && Int($0) < table.count }, "A place lies outside the table.")
    self.table = table
    self.places = places
  }

  fileprivate func withDescription(
    _ direction: RotationDirection, _ body: (UnsafePointer<prompter_rotation>) -> Void
  ) {
    unsafe places.withUnsafeBufferPointer { places in
      var description = unsafe prompter_rotation(
        table: table.angles.base, places: places.baseAddress, size: table.size,
        is_backward: direction == .backward ? 1 : 0)
      unsafe withUnsafePointer(to: &description, body)
    }
  }
}

extension Kernels {
  /// y = x [rows, columns], the first `heads` heads of each row turned.
  public static func rotate(
    _ x: Buffer, heads: Int, by rotation: Rotation, _ direction: RotationDirection = .forward,
    into y: Buffer
  ) {
    let rows = rotation.places.count
    expect(y, count: x.count, "rotate")
    precondition(
      rows > 0 && x.count % rows == 0 && heads * rotation.table.size <= x.count / rows,
      "rotate: \(heads) heads of \(rows) rows in \(x.count) values.")
    unsafe rotation.withDescription(direction) {
      unsafe prompter_rotate($0, y.base, x.base, rows, x.count / rows, heads)
    }
  }
}

extension RoundedMatrix {
  /// Turns the first `heads` heads of each row in place, as whoever made the matrix may: values are
  /// turned in float32 and rounded again.
  public func rotate(
    heads: Int, by rotation: Rotation, _ direction: RotationDirection = .forward
  ) {
    precondition(
      rows == rotation.places.count && heads * rotation.table.size <= columns,
      "rotate: \(heads) heads of \(rotation.places.count) rows in [\(rows), \(columns)].")
    unsafe rotation.withDescription(direction) {
      unsafe prompter_rotate_rounded($0, description, rows, heads)
    }
  }
}
