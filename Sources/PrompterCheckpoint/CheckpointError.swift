// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels
public import PrompterTensor

/// What can be wrong with the files of a model or of a prompt.
///
/// The description of every case is one sentence for the user, with the file, the place in it, what
/// was found and what was expected.
public enum CheckpointError: Error, Equatable, Sendable {
  /// The system refuses to read or write a file.
  case file(FileError)

  /// A file ends too early.
  case truncated(file: String, expected: Int, found: Int)

  /// A file does not keep to its format.
  case malformed(file: String, reason: String)

  /// A pickle names something that could run code, or at least is no part of a tensor.
  case notTensor(file: String, name: String)

  /// A folder lacks a file that it must have.
  case missingFile(name: String, folder: String)

  /// No weight file of a folder has a tensor of this name.
  case missingTensor(name: String, place: String)

  /// A tensor has not the shape that the configuration implies.
  case unexpectedShape(tensor: String, file: String, found: Shape, expected: Shape)

  /// A tensor's numbers are of a type that the engine does not compute with.
  case unsupportedType(tensor: String, file: String, found: ElementType)

  /// A tensor holds something that is no finite number.
  case notFinite(tensor: String, place: String, index: Int, found: Float)

  /// A model cannot be found or brought here.
  case unavailable(reference: String, reason: String)
}

extension CheckpointError: CustomStringConvertible {
  /// One sentence for the user.
  public var description: String {
    switch self {
    case .file(let error):
      error.description
    case .truncated(let file, let expected, let found):
      "\(file) is truncated: it should have \(expected) bytes and has \(found)."
    case .malformed(let file, let reason):
      "\(file) is damaged or of another format: \(reason)."
    case .notTensor(let file, let name):
      "\(file) asks for \(name), which is not a tensor; nothing was run."
    case .missingFile(let name, let folder):
      "\(folder) has no \(name)."
    case .missingTensor(let name, let place):
      "\(place) has no tensor `\(name)`."
    case .unexpectedShape(let tensor, let file, let found, let expected):
      "`\(tensor)` in \(file) has shape \(found); the configuration asks for \(expected)."
    case .unsupportedType(let tensor, let file, let found):
      "`\(tensor)` in \(file) has elements of type \(found.rawValue); "
        + "weights must be F32, F16, BF16 or F64."
    case .notFinite(let tensor, let place, let index, let found):
      "`\(tensor)` in \(place) holds \(found) at place \(index); all weights should be finite."
    case .unavailable(let reference, let reason):
      "The model \(reference) is not available: \(reason)."
    }
  }
}
