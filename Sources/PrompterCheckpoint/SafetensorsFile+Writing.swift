// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterKernels
public import PrompterTensor

extension SafetensorsFile {
  /// Writes tensors as F32, atomically.
  ///
  /// The same tensors and metadata give the same bytes: names are sorted, and the header is padded
  /// with spaces to a multiple of eight bytes. A file of that name is replaced only when the new
  /// one is complete and on the disk.
  ///
  /// - Parameters:
  ///   - tensors: The tensors by name.
  ///   - metadata: What readers should know beside them, such as `format`.
  ///   - url: The file to make or to replace.
  /// - Throws: `CheckpointError` if the folder is not writable or the disk is full.
  public static func write(
    _ tensors: [String: Tensor], metadata: [String: String], to url: URL
  ) throws {
    let path = url.path(percentEncoded: false)
    guard tensors["__metadata__"] == nil else {
      throw CheckpointError.malformed(
        file: path, reason: "`__metadata__` is no name that a tensor may have")
    }
    let inOrder = tensors.sorted { $0.key < $1.key }
    let json = header(inOrder.map { ($0.key, $0.value.shape) }, metadata: metadata)
    do {
      var file = try ReplacementFile(replacing: path)
      try file.write((0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) })
      try file.write(json)
      for (_, tensor) in inOrder {
        try tensor.buffer.withBytesOfPieces { try file.write($0) }
      }
      try file.commit()
    } catch let error as FileError {
      throw CheckpointError.file(error)
    }
  }

  private static func header(
    _ shapes: [(name: String, shape: Shape)], metadata: [String: String]
  ) -> [UInt8] {
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }
        .map { quoted($0.key) + ":" + quoted($0.value) }
      fields.append("\"__metadata__\":{" + pairs.joined(separator: ",") + "}")
    }
    var offset = 0
    for (name, shape) in shapes {
      let end = offset + shape.count * MemoryLayout<Float>.size
      let extents = shape.extents.map(String.init).joined(separator: ",")
      fields.append(
        "\(quoted(name)):{\"dtype\":\"F32\",\"shape\":[\(extents)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var bytes = Array(("{" + fields.joined(separator: ",") + "}").utf8)
    bytes += Array(repeating: UInt8(ascii: " "), count: (8 - bytes.count % 8) % 8)
    return bytes
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\":
        result += "\\"
        result.unicodeScalars.append(scalar)
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default:
        result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
