// SPDX-License-Identifier: Apache-2.0

extension TrainingError {
  /// So large that nobody asks for it, so small that products of two such counts stay below 2⁶³.
  public static let largestCount = 1 << 30

  /// Refuses a count below 1, or one that no machine has room for.
  ///
  /// - Parameters:
  ///   - value: The count.
  ///   - option: What is counted, as in `prompt length`.
  ///   - most: The largest that will do.
  /// - Throws: ``notPositive(option:value:)`` or ``outOfRange(option:value:expected:)``.
  public static func checkCount(
    _ value: Int, _ option: String, most: Int = largestCount
  ) throws {
    guard value >= 1 else { throw TrainingError.notPositive(option: option, value: value) }
    guard value <= most else {
      throw TrainingError.outOfRange(
        option: option, value: "\(value)", expected: "at most \(most)")
    }
  }

  /// Refuses a share to drop that leaves nothing, or is none.
  ///
  /// - Parameters:
  ///   - value: The share.
  ///   - option: What is dropped, as in `prompt dropout`.
  /// - Throws: ``outOfRange(option:value:expected:)``.
  public static func checkDropout(_ value: Float, _ option: String) throws {
    guard value >= 0, value < 1 else {
      throw TrainingError.outOfRange(
        option: option, value: "\(value)", expected: "at least 0 and below 1")
    }
  }
}
