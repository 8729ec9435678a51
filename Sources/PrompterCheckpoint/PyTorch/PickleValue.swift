// SPDX-License-Identifier: Apache-2.0

/// A value that a pickle makes.
///
/// Values that hold others name them by their place in a ``PickleHeap``: a pickle may nest them
/// arbitrarily deeply, and may even put one into itself.
enum PickleValue {
  case none
  case boolean(Bool)
  case integer(Int)
  /// A number of more than 64 bits, little-endian.
  case largeInteger([UInt8])
  case text(String)
  /// A real number or a string of bytes, on which no tensor depends.
  case ignored
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  case global(TorchGlobal)
  case storage(Int)
  case tensor(Int)

  /// The kind of value, for errors.
  var kind: String {
    switch self {
    case .none: "nothing"
    case .boolean: "a truth value"
    case .integer, .largeInteger: "a number"
    case .text: "a text"
    case .ignored: "a real number or bytes"
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .global: "a type or function"
    case .storage: "a storage"
    case .tensor: "a tensor"
    }
  }
}

/// The tuples, lists and dictionaries of a pickle.
struct PickleHeap {
  typealias Pair = (key: PickleValue, value: PickleValue)

  private(set) var sequences: [[PickleValue]] = []
  private(set) var dictionaries: [[Pair]] = []
  private(set) var valueCount = 0

  /// More values than the pickle of any checkpoint has.
  static let mostValues = 1 << 22

  /// Whether there is room for `count` values more in one more container.
  func hasRoom(for count: Int) -> Bool { count < Self.mostValues - valueCount }

  mutating func addSequence(_ values: [PickleValue]) -> Int {
    valueCount += values.count + 1
    sequences.append(values)
    return sequences.count - 1
  }

  mutating func addDictionary(_ pairs: [Pair]) -> Int {
    valueCount += 2 * pairs.count + 1
    dictionaries.append(pairs)
    return dictionaries.count - 1
  }

  mutating func append(_ values: [PickleValue], toSequence place: Int) {
    valueCount += values.count
    sequences[place] += values
  }

  mutating func append(_ pairs: [Pair], toDictionary place: Int) {
    valueCount += 2 * pairs.count
    dictionaries[place] += pairs
  }
}
