// SPDX-License-Identifier: Apache-2.0

/// Reads a pickle of tensors without running anything.
///
/// Python's pickles are programs for a machine with a stack and a memo, and the machine calls
/// whatever function they name. This one knows a handful of names, those of ``TorchGlobal``, and
/// describes what their calls would make; at any other name it stops. All that grows has a limit,
/// and nothing recurses.
struct PickleReader {
  /// Where the pickle is read from; after reading, what follows it.
  var cursor: FileCursor

  /// The storages and tensors that the pickle has described so far.
  var objects = TorchObjects()

  private(set) var heap = PickleHeap()

  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var operationCount = 0
  private var textByteCount = 0

  /// More operations than the pickle of any checkpoint has: a tensor takes about thirty.
  private static let mostOperations = 1 << 24
  private static let mostStacked = 1 << 20
  private static let mostTextBytes = 1 << 28

  init(_ cursor: FileCursor) {
    self.cursor = cursor
  }

  /// Reads one pickle, up to its end.
  ///
  /// Pickles that follow each other know each other's storages but not each other's memo.
  mutating func value() throws -> PickleValue {
    stack = []
    marks = []
    memo = [:]
    while true {
      let code = try cursor.byte()
      operationCount += 1
      guard operationCount <= Self.mostOperations else {
        throw failure("at most \(Self.mostOperations) operations were expected")
      }
      guard let operation = PickleOperation(rawValue: code) else { throw try refusal(of: code) }
      if operation == .stop { return try pop() }
      try perform(operation)
    }
  }

  private mutating func perform(_ operation: PickleOperation) throws {
    if let value = try plain(operation) {
      try push(value)
    } else if let value = try container(operation) {
      try push(value)
    } else if let value = try object(operation) {
      try push(value)
    } else {
      try rearrange(operation)
    }
  }

  /// The values that stand in the pickle itself.
  private mutating func plain(_ operation: PickleOperation) throws -> PickleValue? {
    switch operation {
    case .none: return PickleValue.none
    case .newTrue: return .boolean(true)
    case .newFalse: return .boolean(false)
    case .binInt: return .integer(Int(Int32(truncatingIfNeeded: try cursor.number(4))))
    case .binInt1: return .integer(try cursor.size(1))
    case .binInt2: return .integer(try cursor.size(2))
    case .long1: return try long(try cursor.size(1))
    case .binUnicode, .binString: return try text(try cursor.size(4))
    case .shortBinUnicode, .shortBinString: return try text(try cursor.size(1))
    case .binUnicode8: return try text(try cursor.size(8))
    case .binFloat: try cursor.skip(8)
    case .binBytes: try cursor.skip(try cursor.size(4))
    case .shortBinBytes: try cursor.skip(try cursor.size(1))
    case .binBytes8: try cursor.skip(try cursor.size(8))
    default: return nil
    }
    return .ignored
  }

  private mutating func text(_ byteCount: Int) throws -> PickleValue {
    guard byteCount <= Self.mostTextBytes - textByteCount else {
      throw failure("at most \(Self.mostTextBytes) bytes of text were expected")
    }
    textByteCount += byteCount
    return .text(try cursor.text(byteCount))
  }

  /// A number in two's complement.
  private mutating func long(_ byteCount: Int) throws -> PickleValue {
    let bytes = try cursor.bytes(byteCount)
    guard byteCount <= 8 else { return .largeInteger(bytes) }
    let isNegative = bytes.last.map { $0 >= 0x80 } ?? false
    return .integer(bytes.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) })
  }

  /// New tuples, lists and dictionaries.
  private mutating func container(_ operation: PickleOperation) throws -> PickleValue? {
    switch operation {
    case .emptyTuple: return .tuple(heap.addSequence(try checked([])))
    case .tuple1: return .tuple(heap.addSequence(try checked(try pop(1))))
    case .tuple2: return .tuple(heap.addSequence(try checked(try pop(2))))
    case .tuple3: return .tuple(heap.addSequence(try checked(try pop(3))))
    case .tuple: return .tuple(heap.addSequence(try checked(try popToMark())))
    case .emptyList: return .list(heap.addSequence(try checked([])))
    case .list: return .list(heap.addSequence(try checked(try popToMark())))
    case .emptyDictionary: return .dictionary(heap.addDictionary(try pairs(try checked([]))))
    case .dictionary: return .dictionary(heap.addDictionary(try pairs(try checked(popToMark()))))
    default: return nil
    }
  }

  /// What PyTorch's names and functions stand for, and what the memo holds.
  private mutating func object(_ operation: PickleOperation) throws -> PickleValue? {
    switch operation {
    case .global:
      let module = try cursor.line(longest: 1000)
      return try global(module, try cursor.line(longest: 1000))
    case .stackGlobal:
      let names = try pop(2)
      guard case .text(let module) = names[0], case .text(let name) = names[1] else {
        throw failure("the names of a module and of what it has were expected")
      }
      return try global(module, name)
    case .reduce: return try call()
    case .binPersistentID: return try storage(from: try pop())
    case .binGet: return try remembered(try cursor.size(1))
    case .longBinGet: return try remembered(try cursor.size(4))
    case .duplicate: return try top()
    default: return nil
    }
  }

  /// Operations that push nothing.
  private mutating func rearrange(_ operation: PickleOperation) throws {
    switch operation {
    case .mark: marks.append(stack.count)
    case .pop: _ = try pop()
    case .popMark: _ = try popToMark()
    case .append: try append(try pop(1))
    case .appends: try append(try popToMark())
    case .setItem: try setItems(try pop(2))
    case .setItems: try setItems(try popToMark())
    case .binPut: try remember(at: try cursor.size(1))
    case .longBinPut: try remember(at: try cursor.size(4))
    case .memoize: try remember(at: memo.count)
    case .frame: try cursor.skip(8)
    case .build: try build()
    case .proto:
      let version = try cursor.byte()
      guard version <= 5 else { throw failure("at most protocol 5 was expected") }
    default: throw failure("another operation was expected")
    }
  }
}

// MARK: - The stack and the memo

extension PickleReader {
  /// The error that the operation just read, or its operands, are wrong.
  func failure(_ reason: String) -> CheckpointError { cursor.failure(reason) }

  private mutating func push(_ value: PickleValue) throws {
    guard stack.count < Self.mostStacked else {
      throw failure("at most \(Self.mostStacked) values at once were expected")
    }
    stack.append(value)
  }

  private func top() throws -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.last else {
      throw failure("a value to work on was expected")
    }
    return value
  }

  mutating func pop() throws -> PickleValue {
    let value = try top()
    stack.removeLast()
    return value
  }

  mutating func pop(_ count: Int) throws -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw failure("\(count) values to work on were expected")
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else { throw failure("a mark before the values was expected") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private func remembered(_ place: Int) throws -> PickleValue {
    guard let value = memo[place] else {
      throw failure("a value remembered as \(place) was expected")
    }
    return value
  }

  private mutating func remember(at place: Int) throws {
    guard memo.count < PickleHeap.mostValues else {
      throw failure("at most \(PickleHeap.mostValues) remembered values were expected")
    }
    memo[place] = try top()
  }
}

// MARK: - Containers

extension PickleReader {
  /// The values themselves, if there is room for them.
  func checked(_ values: [PickleValue]) throws -> [PickleValue] {
    guard heap.hasRoom(for: values.count) else {
      throw failure("at most \(PickleHeap.mostValues) values were expected")
    }
    return values
  }

  func pairs(_ values: [PickleValue]) throws -> [PickleHeap.Pair] {
    guard values.count.isMultiple(of: 2) else {
      throw failure("a value for every key was expected")
    }
    return stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) }
  }

  mutating func addDictionary(_ pairs: [PickleHeap.Pair]) -> PickleValue {
    .dictionary(heap.addDictionary(pairs))
  }

  private mutating func append(_ values: [PickleValue]) throws {
    guard case .list(let place) = try top() else { throw failure("a list was expected") }
    heap.append(try checked(values), toSequence: place)
  }

  private mutating func setItems(_ values: [PickleValue]) throws {
    guard case .dictionary(let place) = try top() else {
      throw failure("a dictionary was expected")
    }
    heap.append(try pairs(try checked(values)), toDictionary: place)
  }

  /// Gives a dictionary attributes, which is where PyTorch keeps versions of modules.
  private mutating func build() throws {
    _ = try pop()
    guard case .dictionary = try top() else {
      throw failure("attributes for nothing but a dictionary were expected")
    }
  }
}
