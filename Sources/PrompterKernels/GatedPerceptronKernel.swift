// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// Two frozen weights with a gated activation between them: y = (activation(a) · b) Wₒᵀ with
/// [a, b] = x Wᵢᵀ + c (Shazeer 2020).
///
/// Only where the CPU has tiles for bfloat16: what stands between the products is rounded as it
/// comes and never stored as float32, and so are both factors of the pullback.
public struct GatedPerceptronKernel: Sendable {
  /// Wᵢ [2 hidden, inputs], its rows in the order of the tiles: sixteen of a, sixteen of b, ….
  ///
  /// Products with it alone have their columns in that order.
  public let inner: PackedMatrix
  /// Wₒ [outputs, hidden].
  public let outer: PackedMatrix
  /// What is done to a.
  public let activation: Activation
  private let bias: Buffer?

  private var hidden: Int { outer.inputs }

  /// A perceptron, if such weights go through tiles here.
  ///
  /// - Parameters:
  ///   - inner: Wᵢ [2 hidden, inputs], the rows of a above those of b, in one part or in two.
  ///   - bias: c [2 hidden], or none.
  ///   - activation: What is done to a.
  ///   - outer: Wₒ [outputs, hidden], in bfloat16.
  public init?(inner: [Buffer], bias: Buffer?, activation: Activation, outer: PackedMatrix) {
    let (hidden, count) = (outer.inputs, inner.reduce(0) { $0 + $1.count })
    precondition(
      [1, 2].contains(inner.count) && inner.allSatisfy { $0.count == inner[0].count }
        && count % (2 * hidden) == 0 && bias?.count ?? 2 * hidden == 2 * hidden,
      "A perceptron's weights and bias must have the same hidden width.")
    guard outer.precision == .bfloat16, hidden % 32 == 0, prompter_perceptron_gates() != 0 else {
      return nil
    }
    let inputs = count / (2 * hidden)
    self.inner = PackedMatrix(
      joining: Self.sixteens(of: inner, columns: inputs, hidden: hidden), outputs: 2 * hidden,
      inputs: inputs, precision: .bfloat16)
    self.bias = bias.map { bias in
      let ordered = Buffer(count: bias.count)
      for (index, piece) in Self.sixteens(of: [bias], columns: 1, hidden: hidden).enumerated() {
        Kernels.copyRows(of: piece, to: ordered, at: index * 16, columns: 1)
      }
      return ordered
    }
    self.activation = activation
    self.outer = outer
  }

  // Sixteen rows of a, of b, of a …, where they lie.
  private static func sixteens(of parts: [Buffer], columns: Int, hidden: Int) -> [Buffer] {
    stride(from: 0, to: hidden, by: 16).flatMap { row in
      [row, hidden + row].map { row in
        let (part, first) = parts.count == 2 ? (row / hidden, row % hidden) : (0, row)
        return Buffer(first * columns..<(first + 16) * columns, of: parts[part])
      }
    }
  }

  /// Room for what the pullback of so many rows needs besides the gradient.
  public func slopes(rows: Int) -> Buffer {
    Buffer(count: prompter_gated_slope_bytes(rows, hidden) / MemoryLayout<Float>.stride)
  }

  /// y [rows, outputs] for x [rows, inputs], and what the pullback needs into `slopes` if given.
  ///
  /// - Complexity: 2 rows hidden (2 inputs + outputs) FLOPs.
  public func multiply(_ x: Buffer, rows: Int, into y: Buffer, slopes: Buffer?) {
    inner.check(x, rows, inner.inputs)
    outer.check(y, rows, outer.outputs)
    check(slopes, rows)
    let status = unsafe withParts {
      unsafe prompter_perceptron_multiply($0, x.base, rows, y.base, slopes?.base)
    }
    precondition(status == 0, "A gated perceptron of \(rows) rows failed.")
  }

  /// dx [rows, inputs] for dy [rows, outputs]: the pullback.
  ///
  /// - Complexity: 2 rows hidden (2 inputs + outputs) FLOPs.
  public func pullback(_ dy: Buffer, rows: Int, slopes: Buffer, into dx: Buffer) {
    outer.check(dy, rows, outer.outputs)
    inner.check(dx, rows, inner.inputs)
    check(slopes, rows)
    let status = unsafe withParts {
      unsafe prompter_perceptron_pullback($0, dy.base, rows, slopes.base, dx.base)
    }
    precondition(status == 0, "A gated perceptron's pullback of \(rows) rows failed.")
  }

  private func check(_ slopes: Buffer?, _ rows: Int) {
    let bytes = prompter_gated_slope_bytes(rows, hidden)
    precondition(
      slopes.map { $0.count * MemoryLayout<Float>.stride >= bytes } ?? true,
      "Slopes of fewer than \(rows) rows.")
  }

  private func withParts(_ body: (UnsafePointer<prompter_perceptron>) -> Int32) -> Int32 {
    var parts = unsafe prompter_perceptron(
      inner: inner.matrix, outer: outer.matrix, inputs: inner.inputs, hidden: hidden,
      outputs: outer.outputs, bias: bias?.base, kind: activation.kind,
      format: prompter_slope_short, is_gated: 1)
    return unsafe withUnsafePointer(to: &parts, body)
  }
}
