// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterKernels
internal import PrompterTensor

/// What a file says about one of its tensors.
protocol TensorEntry: Sendable {
  /// The type of its elements.
  var elementType: ElementType { get }

  /// Its extents.
  var shape: Shape { get }
}

/// A file of named tensors, in whatever format, open and checked.
protocol TensorFile: Sendable {
  associatedtype Entry: TensorEntry

  /// The file.
  var url: URL { get }

  /// The names of all tensors, sorted.
  var names: [String] { get }

  /// The file's bytes.
  var mapping: MappedFile { get }

  /// What the file says about a tensor, nil if there is none of this name.
  func entry(_ name: String) -> Entry?

  /// Reads a tensor and converts it to float32.
  func tensor(_ name: String) throws -> Tensor

  /// Finds a tensor for reading only, without a copy where the format allows.
  func sharedTensor(_ name: String) throws -> Tensor
}

extension TensorFile {
  /// The file's path, for messages.
  var path: String { url.path(percentEncoded: false) }

  /// The extents of a tensor, nil if there is none of this name.
  func shape(of name: String) -> Shape? { entry(name)?.shape }

  /// The type of a tensor's elements, nil if there is none of this name.
  func elementType(of name: String) -> ElementType? { entry(name)?.elementType }

  /// A tensor that there is, and how its elements are converted to float32.
  func readable(_ name: String) throws -> (Entry, FloatFormat) {
    guard let entry = entry(name) else {
      throw CheckpointError.missingTensor(name: name, place: path)
    }
    guard let format = entry.elementType.floatFormat else {
      throw CheckpointError.unsupportedType(tensor: name, file: path, found: entry.elementType)
    }
    return (entry, format)
  }
}

extension SafetensorsFile: TensorFile {}
extension SafetensorsFile.Entry: TensorEntry {}
extension PyTorchFile: TensorFile {}
extension PyTorchFile.Entry: TensorEntry {}
