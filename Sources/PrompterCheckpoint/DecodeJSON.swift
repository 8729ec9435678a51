// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterJSON

/// Reads a value from a JSON file, with errors that a user understands.
///
/// ```
/// config.json is damaged or of another format: `rope.theta` should be a number.
/// ```
///
/// The file is read as Python reads it: of equal keys the last holds, `NaN` and `Infinity` may
/// stand where nobody asks for a number, and `1e3` is no whole number.
///
/// - Parameters:
///   - type: The type of the value.
///   - url: The file.
/// - Returns: The value.
/// - Throws: `CheckpointError`, which names the file, the path of keys and what was expected.
public func decodeJSON<T: Decodable>(_ type: T.Type, from url: URL) throws -> T {
  let path = url.path(percentEncoded: false)
  let bytes = try readBytes(of: url)
  do {
    return try JSON(bytes, allowsNonFinite: true, requiresStreamSafeText: true).decode(type)
  } catch let failure as JSONScanner.Failure {
    let expected = failure.expectedInWords
    throw CheckpointError.malformed(
      file: path,
      reason:
        "it is not valid JSON: at byte \(failure.position), \(expected) was expected")
  } catch let error as DecodingError {
    throw CheckpointError.malformed(file: path, reason: reason(of: error))
  }
}

private func reason(of error: DecodingError) -> String {
  switch error {
  case .keyNotFound(let key, let context):
    "`\(path(context.codingPath + [key]))` is missing"
  case .valueNotFound(let type, let context):
    "`\(path(context.codingPath))` is null; it should be \(name(of: type))"
  case .typeMismatch(let type, let context):
    context.codingPath.isEmpty
      ? "it should hold \(name(of: type))"
      : "`\(path(context.codingPath))` should be \(name(of: type))"
  case .dataCorrupted(let context):
    context.codingPath.isEmpty
      ? "it is not valid JSON"
      : "`\(path(context.codingPath))` has an impossible value "
        + "(\(context.debugDescription.trimmingCharacters(in: ["."])))"
  @unknown default:
    "it is not what was expected"
  }
}

private func path(_ keys: [any CodingKey]) -> String {
  keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    .replacing(".[", with: "[")
}

private func name(of type: any Any.Type) -> String {
  switch type {
  case is any BinaryInteger.Type: "a whole number"
  case is any BinaryFloatingPoint.Type: "a number"
  case is Bool.Type: "true or false"
  case is String.Type: "a string"
  case is [Any].Type: "a list"
  case is [String: Any].Type: "an object"
  default: "a \(type)"
  }
}
