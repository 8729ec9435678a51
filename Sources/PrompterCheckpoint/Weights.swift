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

  /// The path of the folder or file, for messages.
  public var place: String { store.place }

  /// The weights whose names begin with the path and a full stop.
  public subscript(path: String) -> Weights {
    Weights(store, prefix: prefix + path + ".")
  }

  /// The names within this scope, sorted and without the scope's own path.
  public var names: [String] {
    fullNames.map { String($0.dropFirst(prefix.count)) }
  }

  /// Whether there is a tensor of exactly this name within the scope.
  public func contains(_ name: String) -> Bool { store.places[prefix + name] != nil }

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
    let place = try check(name, shape: shape)
    return try isShared ? place.file.sharedTensor(place.name) : place.file.tensor(place.name)
  }

  /// Checks that there is a tensor of the shape expected that can be computed with, from its header
  /// alone.
  ///
  /// - Parameters:
  ///   - name: The tensor's name within the scope.
  ///   - shape: The shape that the model's configuration implies.
  /// - Throws: `CheckpointError`, as ``tensor(_:shape:isShared:)`` does.
  public func checkTensor(_ name: String, shape: Shape) throws {
    let place = try check(name, shape: shape)
    _ = try place.file.readable(place.name)
  }

  private func check(_ name: String, shape: Shape) throws -> Place {
    let full = prefix + name
    guard let place = store.places[full], let found = place.shape else {
      throw CheckpointError.missingTensor(name: full, place: store.place)
    }
    guard found == shape else {
      throw CheckpointError.unexpectedShape(
        tensor: place.name, file: place.file.path, found: found, expected: shape)
    }
    return place
  }

  /// The shape of a tensor within the scope, nil if there is none of this name.
  public func shape(of name: String) -> Shape? { store.places[prefix + name]?.shape }

  /// The type of a tensor's elements on disk, nil if there is none of this name within the scope.
  public func elementType(of name: String) -> ElementType? {
    store.places[prefix + name]?.elementType
  }

  /// The number of values in all floating-point tensors within the scope.
  public var parameterCount: Int {
    fullNames.lazy
      .filter { store.places[$0]?.elementType?.isFloatingPoint == true }
      .reduce(0) { $0 + (store.places[$1]?.shape?.count ?? 0) }
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

  /// The weight files, by absolute paths.
  var filePaths: [String] {
    store.inOrder.map { $0.url.standardizedFileURL.path(percentEncoded: false) }
  }

  /// What the weight files were like when they were opened.
  var fileStamps: [FileStamp] { store.inOrder.map(\.mapping.stamp) }

  private var fullNames: ArraySlice<String> { store.names(from: prefix) }
}

extension Weights {
  /// The same weights, some of them under other names.
  ///
  /// - Parameter newName: What a tensor shall be called, by its full name in the files.
  /// - Returns: The weights; tensors that are to have one name are one.
  /// - Throws: `CheckpointError` if tensors that are to have one name hold different values.
  public func renamed(_ newName: (String) -> String) throws -> Weights {
    Weights(try store.renamed(newName), prefix: prefix)
  }

  /// Whether two tensors of the scope, both of which there must be, hold the same values.
  ///
  /// - Complexity: O(1) where the files have them once, as PyTorch's do of tied weights.
  public func areEqual(_ name: String, _ other: String) throws -> Bool {
    guard let first = store.places[prefix + name], let second = store.places[prefix + other]
    else { return false }
    return try first.hasValues(of: second)
  }
}

/// Where a tensor is: a file, and its name there.
private struct Place {
  let file: any TensorFile
  let name: String

  var shape: Shape? { file.shape(of: name) }
  var elementType: ElementType? { file.elementType(of: name) }

  func hasValues(of other: Place) throws -> Bool {
    guard shape == other.shape else { return false }
    let (own, others) = (try file.sharedTensor(name), try other.file.sharedTensor(other.name))
    return Kernels.areEqual(own.buffer, others.buffer)
  }
}

/// The open weight files of a folder.
private final class Store: Sendable {
  let inOrder: [any TensorFile]
  let places: [String: Place]
  let place: String

  private let names: [String]

  convenience init(_ inOrder: [any TensorFile], place: String) throws {
    var places: [String: Place] = [:]
    for file in inOrder {
      for name in file.names {
        if let other = places.updateValue(Place(file: file, name: name), forKey: name) {
          throw CheckpointError.malformed(
            file: file.path, reason: "`\(name)` is also in \(other.file.url.lastPathComponent)")
        }
      }
    }
    self.init(inOrder, places, place: place)
  }

  private init(_ inOrder: [any TensorFile], _ places: [String: Place], place: String) {
    self.inOrder = inOrder
    self.places = places
    self.place = place
    names = places.keys.sorted()
  }

  func renamed(_ newName: (String) -> String) throws -> Store {
    guard names.contains(where: { newName($0) != $0 }) else { return self }
    var renamed: [String: Place] = [:]
    for name in names {
      guard let place = places[name] else { continue }
      let target = newName(name)
      guard let other = renamed[target] else {
        renamed[target] = place
        continue
      }
      guard try place.hasValues(of: other) else {
        throw CheckpointError.malformed(
          file: place.file.path,
          reason: "`\(other.name)` and `\(place.name)` are names of one weight and hold "
            + "different values")
      }
    }
    return Store(inOrder, renamed, place: self.place)
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
