// SPDX-License-Identifier: Apache-2.0

/// The storages and tensors that a checkpoint's pickle describes; their values are elsewhere.
struct TorchObjects {
  /// A row of values that tensors view.
  struct Storage {
    let key: String
    /// The type of the values; nil for bytes that each tensor types itself.
    let elementType: ElementType?
    /// The number of values, or of bytes where there is no type.
    let count: Int

    var elementByteCount: Int { (elementType?.bitCount ?? 8) / 8 }

    /// At most 2^62: the reader has checked.
    var byteCount: Int { count * elementByteCount }
  }

  /// A view of a storage.
  struct View {
    let storage: Int
    let elementType: ElementType
    /// Where the first value is, in bytes from the storage's start.
    let offset: Int
    let layout: StridedLayout
  }

  private(set) var storages: [Storage] = []
  private(set) var views: [View] = []
  private var places: [String: Int] = [:]

  /// More tensors than any checkpoint has.
  static let mostViews = 1 << 20

  /// The place of a storage that may be known already; nil if it was known as something else.
  mutating func add(_ storage: Storage) -> Int? {
    if let place = places[storage.key] {
      let known = storages[place]
      let isSame = known.elementType == storage.elementType && known.count == storage.count
      return isSame ? place : nil
    }
    places[storage.key] = storages.count
    storages.append(storage)
    return storages.count - 1
  }

  mutating func add(_ view: View) -> Int {
    views.append(view)
    return views.count - 1
  }

  /// The place of the storage of a key.
  func place(of key: String) -> Int? { places[key] }
}

// MARK: - What a pickle's calls describe

extension PickleReader {
  /// The meaning of a name, which is refused if it could be anything but a part of a tensor.
  func global(_ module: String, _ name: String) throws -> PickleValue {
    guard let global = TorchGlobal(module: module, name: name) else {
      throw CheckpointError.notTensor(file: cursor.file, name: shown(module + "." + name))
    }
    return .global(global)
  }

  /// The error for an operation that no file of tensors needs.
  mutating func refusal(of code: UInt8) throws -> CheckpointError {
    let inst: UInt8 = 0x69  // It names a class, so the user can learn which.
    guard code == inst else {
      return failure("the operation \(code) has no use in a file of tensors; nothing was run")
    }
    let module = try cursor.line(longest: 1000)
    let name = try cursor.line(longest: 1000)
    return .notTensor(file: cursor.file, name: shown(module + "." + name))
  }

  /// What calling a function with a tuple of arguments would make.
  mutating func call() throws -> PickleValue {
    let operands = try pop(2)
    guard case .global(let global) = operands[0], case .tuple(let place) = operands[1] else {
      throw failure("a function and its arguments were expected")
    }
    let arguments = heap.sequences[place]
    switch global {
    case .orderedDictionary: return try orderedDictionary(arguments)
    case .rebuildTensor: return .tensor(try tensor(arguments, type: nil))
    case .rebuildTypedTensor:
      guard arguments.count >= 7, case .global(.elementType(let type)) = arguments[6] else {
        throw failure("a tensor's type was expected")
      }
      return .tensor(try tensor(arguments, type: type))
    case .rebuildParameter:
      guard case .tensor(let place)? = arguments.first else {
        throw failure("a parameter's tensor was expected")
      }
      return .tensor(place)
    case .storage, .elementType: throw failure("the call of a function was expected")
    }
  }

  /// An empty dictionary, or Python 2's, which lists its pairs at once.
  private mutating func orderedDictionary(_ arguments: [PickleValue]) throws -> PickleValue {
    guard let first = arguments.first else { return addDictionary(try pairs(try checked([]))) }
    guard case .list(let place) = first, arguments.count == 1 else {
      throw failure("a list of pairs was expected")
    }
    let values = try heap.sequences[place].flatMap { pair in
      switch pair {
      case .list(let place) where heap.sequences[place].count == 2: heap.sequences[place]
      case .tuple(let place) where heap.sequences[place].count == 2: heap.sequences[place]
      default: throw failure("a list of pairs was expected")
      }
    }
    return addDictionary(try pairs(try checked(values)))
  }

  /// The storage that `('storage', type, key, location, count)` stands for.
  ///
  /// The location is the device that held it. Legacy files add a part of another storage, or None.
  mutating func storage(from identifier: PickleValue) throws -> PickleValue {
    guard case .tuple(let place) = identifier, case let parts = heap.sequences[place],
      5...6 ~= parts.count, case .text("storage") = parts[0],
      case .global(.storage(let type)) = parts[1], case .text(let key) = parts[2],
      case .integer(let count) = parts[4], count >= 0, count <= 1 << 58
    else { throw failure("a storage with its type, key and count was expected") }
    if parts.count == 6 {
      guard case .none = parts[5] else {
        throw failure("a storage of its own and no part of another was expected")
      }
    }
    let storage = TorchObjects.Storage(key: key, elementType: type, count: count)
    guard let place = objects.add(storage) else {
      throw failure("the storage `\(shown(key))` with its former type and count was expected")
    }
    return .storage(place)
  }

  /// The view that `(storage, offset, extents, strides, …)` stands for.
  private mutating func tensor(_ arguments: [PickleValue], type: ElementType?) throws -> Int {
    guard arguments.count >= 4, case .storage(let place) = arguments[0],
      case .integer(let offset) = arguments[1], offset >= 0,
      let extents = sizes(arguments[2]), let strides = sizes(arguments[3])
    else { throw failure("a tensor's storage, offset, extents and strides were expected") }
    guard objects.views.count < TorchObjects.mostViews else {
      throw failure("at most \(TorchObjects.mostViews) tensors were expected")
    }
    let storage = objects.storages[place]
    guard let type = type ?? storage.elementType else {
      throw failure("a storage with a type was expected")
    }
    let available = storage.byteCount / (type.bitCount / 8)
    guard offset <= available,
      let layout = StridedLayout(
        extents: extents, strides: strides, available: available - offset)
    else {
      throw failure(
        "a tensor within the \(available) values of the storage `\(shown(storage.key))` was expected"
      )
    }
    return objects.add(
      .init(
        storage: place, elementType: type, offset: offset * (type.bitCount / 8), layout: layout))
  }

  private func sizes(_ value: PickleValue) -> [Int]? {
    guard case .tuple(let place) = value else { return nil }
    let values = heap.sequences[place].prefix(1000)
    let sizes = values.compactMap { if case .integer(let size) = $0 { size } else { nil } }
    return sizes.count == heap.sequences[place].count ? sizes : nil
  }
}
