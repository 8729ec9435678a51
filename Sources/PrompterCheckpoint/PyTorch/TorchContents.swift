// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels

/// What a file of PyTorch holds: what its pickle made, and where the storages' values are.
struct TorchContents {
  private let root: PickleValue
  private let reader: PickleReader
  private let file: String

  /// The bytes of each storage, in the order of the pickle's storages.
  private let ranges: [Range<Int>]

  // MARK: The zip archive

  /// Reads an archive: `NAME/data.pkl`, and each storage's bytes as `NAME/data/KEY`.
  init(archive mapping: MappedFile, file: String) throws {
    let archive = try ZipArchive(mapping, file: file)
    let pickles = archive.names.filter { $0.hasSuffix("/data.pkl") }
    guard pickles.count == 1, let range = archive[pickles[0]] else {
      throw CheckpointError.malformed(
        file: file, reason: "a zip archive with one data.pkl, as torch.save writes it, was expected"
      )
    }
    let folder = pickles[0].dropLast("data.pkl".count)
    if let order = archive[folder + "byteorder"],
      order.count > 16
        || mapping.bytes(in: order) != Array("little".utf8)
    {
      throw Self.bigEndian(file)
    }
    var reader = PickleReader(FileCursor(mapping, in: range, part: "its pickle", file: file))
    root = try reader.value()
    ranges = try reader.objects.storages.map { storage in
      guard let range = archive[folder + "data/" + storage.key] else {
        throw CheckpointError.malformed(
          file: file, reason: "the storage `\(shown(storage.key))` is missing")
      }
      guard range.count == storage.byteCount else {
        throw CheckpointError.malformed(
          file: file,
          reason: "the storage `\(shown(storage.key))` has \(range.count) bytes instead of "
            + "\(storage.byteCount)")
      }
      return range
    }
    self.reader = reader
    self.file = file
  }

  // MARK: The format before PyTorch 1.6

  /// Reads a sequence of pickles: a magic number, a version, facts about the machine, the tensors
  /// and the storages' keys. The storages follow, each its count and its values.
  init(legacy mapping: MappedFile, file: String) throws {
    var reader = PickleReader(
      FileCursor(mapping, in: 0..<mapping.count, part: "its pickle", file: file))
    try Self.checkBeginning(&reader, file: file)
    root = try reader.value()
    ranges = try Self.storageRanges(after: &reader, file: file)
    self.reader = reader
    self.file = file
  }

  /// 0x1950A86A20F9469CFC6C, the number with which PyTorch's files begin.
  private static let magic: [UInt8] = [
    0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
  ]

  private static func checkBeginning(_ reader: inout PickleReader, file: String) throws {
    // A web page or a pointer to the real file is not worth a word about pickles.
    var start = reader.cursor
    guard start.end > 0, try start.byte() == PickleOperation.proto.rawValue,
      case .largeInteger(magic) = try reader.value()
    else {
      throw CheckpointError.malformed(
        file: file, reason: "a zip archive or the magic number of torch.save was expected")
    }
    guard case .integer(1001) = try reader.value() else {
      throw reader.failure("version 1001 of PyTorch's format was expected")
    }
    guard case .dictionary(let place) = try reader.value() else {
      throw reader.failure("a dictionary about the machine was expected")
    }
    for case (.text("little_endian"), .boolean(false)) in reader.heap.dictionaries[place] {
      throw bigEndian(file)
    }
  }

  private static func storageRanges(
    after reader: inout PickleReader, file: String
  ) throws -> [Range<Int>] {
    guard case .list(let place) = try reader.value() else {
      throw reader.failure("the list of the storages' keys was expected")
    }
    let storages = reader.objects.storages
    var ranges = [Range<Int>?](repeating: nil, count: storages.count)
    for value in reader.heap.sequences[place] {
      guard case .text(let key) = value, let place = reader.objects.place(of: key),
        ranges[place] == nil
      else { throw reader.failure("the keys of the tensors' storages, each once, were expected") }
      guard try reader.cursor.size(8) == storages[place].count else {
        throw reader.failure(
          "a storage of \(storages[place].count) values, as its pickle says, was expected")
      }
      let start = reader.cursor.position
      let end = start + storages[place].byteCount
      guard end <= reader.cursor.end else {
        throw CheckpointError.truncated(file: file, expected: end, found: reader.cursor.end)
      }
      try reader.cursor.skip(storages[place].byteCount)
      ranges[place] = start..<end
    }
    guard reader.cursor.position == reader.cursor.end else {
      throw CheckpointError.malformed(
        file: file,
        reason: "\(reader.cursor.end - reader.cursor.position) bytes follow the last storage")
    }
    return try zip(ranges, storages).map { range, storage in
      guard let range else {
        throw CheckpointError.malformed(
          file: file, reason: "the storage `\(shown(storage.key))` is missing")
      }
      return range
    }
  }

  private static func bigEndian(_ file: String) -> CheckpointError {
    .malformed(file: file, reason: "its numbers are big-endian; little-endian ones were expected")
  }

  // MARK: The tensors by name

  /// The tensors of the dictionary that was saved, or of the one that it has as `state_dict`.
  ///
  /// What a training program saved beside them, such as the number of a step, is left alone.
  func entries() throws -> [String: PyTorchFile.Entry] {
    guard case .dictionary(var place) = root else {
      throw CheckpointError.malformed(
        file: file, reason: "it holds \(root.kind); a dictionary of tensors was expected")
    }
    for case (.text("state_dict"), .dictionary(let inner)) in reader.heap.dictionaries[place] {
      place = inner
    }
    var entries: [String: PyTorchFile.Entry] = [:]
    for case (let key, .tensor(let tensor)) in reader.heap.dictionaries[place] {
      guard case .text(let name) = key else {
        throw CheckpointError.malformed(
          file: file, reason: "a tensor has \(key.kind) where a name was expected")
      }
      let view = reader.objects.views[tensor]
      let entry = PyTorchFile.Entry(
        elementType: view.elementType, offset: ranges[view.storage].lowerBound + view.offset,
        layout: view.layout)
      guard entries.updateValue(entry, forKey: name) == nil else {
        throw CheckpointError.malformed(file: file, reason: "it has `\(shown(name))` twice")
      }
    }
    guard !entries.isEmpty else {
      throw CheckpointError.malformed(file: file, reason: "it holds no tensors by name")
    }
    return entries
  }
}
