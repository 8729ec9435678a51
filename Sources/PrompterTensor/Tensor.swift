// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels

/// A dense float32 array with a shape, in row-major order.
///
/// A tensor is a handle: copies share their storage. Operations make new tensors; only parameters
/// and optimiser state are written in place, through ``buffer``, between training steps.
public struct Tensor: Sendable {
  /// The extent along each axis.
  public let shape: Shape

  /// The values, row after row.
  public let buffer: Buffer

  /// A tensor of undefined values, to be written at once.
  ///
  /// The memory has room for the whole tiles that matrix products write.
  public init(uninitialized shape: Shape) {
    self.shape = shape
    let room = PackedMatrix.room(rows: shape.rows)
    buffer = Buffer(count: shape.count, capacity: room * shape.columns)
  }

  /// A tensor that repeats one value.
  public init(repeating value: Float, shape: Shape) {
    self.init(uninitialized: shape)
    buffer.fill(with: value)
  }

  /// A tensor of zeros.
  public init(zeros shape: Shape) {
    self.init(repeating: 0, shape: shape)
  }

  /// A tensor from its values, row after row.
  public init(_ values: [Float], shape: Shape) {
    precondition(
      values.count == shape.count, "\(values.count) values do not fill a tensor of shape \(shape).")
    self.init(uninitialized: shape)
    buffer.update(from: values)
  }

  /// A tensor over values that are there already; it must not be the target of an operation.
  public init(reading buffer: Buffer, shape: Shape) {
    precondition(
      buffer.count == shape.count, "\(buffer.count) values do not fill a tensor of shape \(shape).")
    self.init(shape: shape, sharing: buffer)
  }

  /// All values, row after row.
  public var values: [Float] {
    buffer.withSpan { span in (0..<span.count).map { span[$0] } }
  }

  /// The number of rows of the matrix that the memory is: all axes but the last.
  public var rows: Int { shape.rows }

  /// The number of columns of the matrix that the memory is: the last axis.
  public var columns: Int { shape.columns }

  /// A tensor with storage of its own and the same values.
  public func copy() -> Tensor {
    let result = Tensor(uninitialized: shape)
    result.buffer.update(from: buffer)
    return result
  }

  /// The same storage under another shape of the same count.
  ///
  /// The result must not be the target of a matrix product: its memory is tiled for the old shape.
  public func reshaped(to shape: Shape) -> Tensor {
    precondition(shape.count == self.shape.count, "\(self.shape) cannot become \(shape).")
    return Tensor(shape: shape, sharing: buffer)
  }

  private init(shape: Shape, sharing buffer: Buffer) {
    self.shape = shape
    self.buffer = buffer
  }
}

extension Tensor: CustomStringConvertible {
  /// The shape and the first few values, as in `Tensor [2, 3]: 0.0, 1.0, …`.
  public var description: String {
    let shown = (0..<min(shape.count, 8)).map { String(buffer[$0]) }
    return "Tensor \(shape): " + shown.joined(separator: ", ") + (shape.count > 8 ? ", …" : "")
  }
}
