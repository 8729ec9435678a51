// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterKernels
public import PrompterTensor

/// All weights of a model folder, or those below a path of names.
///
/// ```swift
/// let weights = try Weights(contentsOf: folder)
/// let layer = weights["encoder"]["layer.0"]
/// let bias = try layer.tensor("output.dense.bias", shape: [384])
/// ```
///
/// The folder holds the weights in safetensors or, where it has none, as PyTorch saves them:
/// `model.safetensors` or `pytorch_model.bin`, whole or as an `.index.json` with the files that it
/// lists. Copies and scopes share the open files.
public struct Weights: Sendable {
  private let store: Store
  private let prefix: String

  /// Opens the weight files of a folder; the tensors stay on disk until asked for.
  ///
  /// - Parameter folder: The model's folder.
  /// - Throws: `CheckpointError` if a file is missing, unreadable, truncated or malformed.
  public init(contentsOf folder: URL) throws {
    store = try Store(WeightFormat.files(of: folder), place: folder.path(percentEncoded: false))
    prefix = ""
  }

  /// Opens a single weight file.
  ///
  /// - Parameter file: A file of PyTorch if its name ends in `.bin`, `.pt`, `.pth` or `.ckpt`,
  ///   otherwise a safetensors file.
  /// - Throws: `CheckpointError` if the file is missing, unreadable, truncated or malformed.
  public init(file: URL) throws {
    let isPyTorch = ["bin", "pt", "pth", "ckpt"].contains(file.pathExtension)
    let format = isPyTorch ? WeightFormat.pyTorch : .safetensors
    store = try Store([format.open(file)], place: file.path(percentEncoded: false))
    prefix = ""
  }

  private init(_ store: Store, prefix: String) {
    self.store = store
    self.prefix = prefix
  }

  /// The weights whose names begin with the path and a full stop.
  public subscript(path: String) -> Weights {
    Weights(store, prefix: prefix + path + ".")
  }

  /// The names within this scope, sorted and without the scope's own path.
  public var names: [String] {
    fullNames.map { String($0.dropFirst(prefix.count)) }
  }

  /// Whether there is a tensor of exactly this name within the scope.
  public func contains(_ name: String) -> Bool { store.files[prefix + name] != nil }

  /// Whether there is any tensor below a path within the scope.
  public func containsScope(_ path: String) -> Bool { !self[path].fullNames.isEmpty }

  /// Reads a tensor, converted to float32, whose shape must be the one expected.
  ///
  /// - Parameters:
  ///   - name: The tensor's name within the scope.
  ///   - shape: The shape that the model's configuration implies.
  ///   - isShared: Whether the file's own bytes may be used where they need no conversion. Such a
  ///     tensor must never be written.
  /// - Returns: The tensor, in memory of its own unless shared.
  /// - Throws: `CheckpointError` if the tensor is missing, of another shape or of integers.
  public func tensor(_ name: String, shape: Shape, isShared: Bool = false) throws -> Tensor {
    let full = prefix + name
    guard let file = store.files[full], let found = file.shape(of: full) else {
      throw CheckpointError.missingTensor(name: full, place: store.place)
    }
    guard found == shape else {
      throw CheckpointError.unexpectedShape(
        tensor: full, file: file.url.path(percentEncoded: false), found: found, expected: shape)
    }
    return try isShared ? file.sharedTensor(full) : file.tensor(full)
  }

  /// The shape of a tensor within the scope, nil if there is none of this name.
  public func shape(of name: String) -> Shape? {
    store.files[prefix + name]?.shape(of: prefix + name)
  }

  /// The type of a tensor's elements on disk, nil if there is none of this name within the scope.
  public func elementType(of name: String) -> ElementType? {
    store.files[prefix + name]?.elementType(of: prefix + name)
  }

  /// The number of values in all floating-point tensors within the scope.
  public var parameterCount: Int {
    fullNames.lazy
      .filter { store.files[$0]?.elementType(of: $0)?.isFloatingPoint == true }
      .reduce(0) { $0 + (store.files[$1]?.shape(of: $1)?.count ?? 0) }
  }

  /// The SHA-256 of all weight files of the folder, one after the other in the order of their
  /// names.
  ///
  /// For a single file this is what `sha256sum` says.
  ///
  /// - Returns: 64 hexadecimal digits.
  /// - Throws: Nothing today; the files are open already.
  /// - Complexity: O(bytes).
  public func sha256() throws -> String {
    var hash = SHA256()
    for file in store.inOrder { file.mapping.forEachPiece { hash.update($0) } }
    return hash.digest
  }

  private var fullNames: ArraySlice<String> { store.names(from: prefix) }
}

/// The open weight files of a folder.
private final class Store: Sendable {
  let inOrder: [any TensorFile]
  let files: [String: any TensorFile]
  let place: String

  private let names: [String]

  init(_ inOrder: [any TensorFile], place: String) throws {
    self.inOrder = inOrder
    self.place = place
    var files: [String: any TensorFile] = [:]
    for file in inOrder {
      for name in file.names {
        if let other = files.updateValue(file, forKey: name) {
          throw CheckpointError.malformed(
            file: file.url.path(percentEncoded: false),
            reason: "`\(name)` is also in \(other.url.lastPathComponent)")
        }
      }
    }
    self.files = files
    names = files.keys.sorted()
  }

  /// The names that begin with a prefix: neighbours, as names are sorted.
  func names(from prefix: String) -> ArraySlice<String> {
    var low = 0
    var high = names.count
    while low < high {
      let middle = (low + high) / 2
      if names[middle] < prefix { low = middle + 1 } else { high = middle }
    }
    return names[low...].prefix { $0.hasPrefix(prefix) }
  }
}
