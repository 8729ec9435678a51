// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
public import PrompterTensor

/// A named weight, frozen or trained.
///
/// Layers hold parameters; a ``Pass`` turns them into variables. A trained parameter's value is
/// written in place by the optimiser, between steps, when no replica runs; a frozen one never
/// changes.
public final class Parameter: Sendable {
  /// A piece of a parameter that files know by a name of its own.
  public struct Part: Sendable, Equatable {
    /// The name in files.
    public let name: String
    /// The rows of the parameter, as a matrix or a column, that it covers.
    public let rows: Range<Int>

    /// Rows `rows` under a name.
    public init(name: String, rows: Range<Int>) {
      self.name = name
      self.rows = rows
    }
  }

  /// The name, unique within its model or prompt.
  public let name: String

  /// The value.
  public let value: Tensor

  /// Whether training changes it.
  public let isTrained: Bool

  /// What files call its pieces: the parameter itself, unless several weights were joined.
  public let parts: [Part]

  /// A weight under its own name.
  public init(_ name: String, _ value: Tensor, isTrained: Bool) {
    self.name = name
    self.value = value
    self.isTrained = isTrained
    parts = [Part(name: name, rows: 0..<(value.shape.extents.first ?? 1))]
  }

  /// Weights of equal columns joined into one, so that a single product serves them all.
  public init(_ name: String, joining weights: [(name: String, value: Tensor)], isTrained: Bool) {
    var parts: [Part] = []
    var start = 0
    for weight in weights {
      let rows = weight.value.shape[0]
      parts.append(Part(name: weight.name, rows: start..<start + rows))
      start += rows
    }
    let rest = weights.first?.value.shape.extents.dropFirst() ?? []
    let columns = rest.reduce(1, *)
    let joined = Tensor(
      joiningRowsOf: weights.map { $0.value.reshaped(to: [$0.value.shape[0], columns]) },
      columns: columns)
    self.name = name
    self.value = joined.reshaped(to: Shape([start] + rest))
    self.isTrained = isTrained
    self.parts = parts
  }

  /// The values of its pieces in its own memory, each under the name that files use.
  public var namedParts: [(name: String, value: Tensor)] {
    parts.map { part in
      guard parts.count > 1 else { return (part.name, value) }
      let extents = [part.rows.count] + value.shape.extents.dropFirst()
      let columns = value.shape.count / value.shape[0]
      let range = part.rows.lowerBound * columns..<part.rows.upperBound * columns
      return (
        part.name, Tensor(reading: Buffer(range, of: value.buffer), shape: Shape(Array(extents)))
      )
    }
  }
}
