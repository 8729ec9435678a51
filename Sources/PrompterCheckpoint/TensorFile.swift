// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterKernels
internal import PrompterTensor

/// A file of named tensors, in whatever format, open and checked.
protocol TensorFile: Sendable {
  /// The file.
  var url: URL { get }

  /// The names of all tensors, sorted.
  var names: [String] { get }

  /// The file's bytes.
  var mapping: MappedFile { get }

  /// The extents of a tensor, nil if there is none of this name.
  func shape(of name: String) -> Shape?

  /// The type of a tensor's elements, nil if there is none of this name.
  func elementType(of name: String) -> ElementType?

  /// Reads a tensor and converts it to float32.
  func tensor(_ name: String) throws -> Tensor
}

extension SafetensorsFile: TensorFile {
  func shape(of name: String) -> Shape? { entry(name)?.shape }

  func elementType(of name: String) -> ElementType? { entry(name)?.elementType }
}

extension PyTorchFile: TensorFile {
  func shape(of name: String) -> Shape? { entry(name)?.shape }

  func elementType(of name: String) -> ElementType? { entry(name)?.elementType }
}
