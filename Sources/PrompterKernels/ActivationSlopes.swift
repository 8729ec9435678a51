// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// The derivatives of an activation at each value of a matrix, as its pullback needs them.
///
/// They are a large part of what a frozen model's backward pass keeps: four values for each slot
/// and column of its width.
public struct ActivationSlopes: Sendable {
  /// How a derivative is kept.
  enum Format: Sendable {
    /// As float32.
    case exact
    /// In 16 bits, off by 1.5e-5 at most.
    case short
    /// In one bit: that of max(0, x), which is 0 or 1.
    case bit

    var kept: prompter_slope {
      switch self {
      case .exact: prompter_slope_exact
      case .short: prompter_slope_short
      case .bit: prompter_slope_bit
      }
    }
  }

  let buffer: Buffer
  let format: Format
  let rows: Int
  let columns: Int

  /// Room for the derivatives at a matrix [rows, columns], undefined until the activation is
  /// computed.
  ///
  /// - Parameters:
  ///   - rows: The rows of the matrix.
  ///   - columns: Its columns.
  ///   - activation: What they are the derivatives of.
  ///   - areRounded: Whether 16 bits will do, for those that do not need fewer.
  public init(rows: Int, columns: Int, of activation: Activation, areRounded: Bool) {
    format = activation == .relu ? .bit : areRounded ? .short : .exact
    self.rows = rows
    self.columns = columns
    let bytes = rows * prompter_slope_bytes(format.kept, columns)
    // Products in tiles write whole blocks of 32 rows and columns.
    let room = prompter_room(rows) * prompter_slope_bytes(format.kept, prompter_room(columns))
    buffer = Buffer(count: (bytes + 3) / 4, capacity: (room + 3) / 4)
  }

  func check(rows: Int, columns: Int, of activation: Activation) {
    precondition(
      rows == self.rows && columns == self.columns, "Slopes of a matrix of another shape.")
    precondition(
      format != .bit || activation == .relu, "A bit does not hold this activation's derivative.")
  }
}
