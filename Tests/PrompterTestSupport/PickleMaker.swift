// SPDX-License-Identifier: Apache-2.0

/// Pickles made by hand, so that any part of them can be wrong.
public enum PickleMaker {
  /// `{name: value, …}`, the values being pickled already.
  public static func dictionary(_ pairs: KeyValuePairs<String, [UInt8]>) -> [UInt8] {
    dictionary(pairs.map { ($0.key, $0.value) })
  }

  /// The same for any number of pairs.
  public static func dictionary(_ pairs: [(String, [UInt8])]) -> [UInt8] {
    let items = pairs.flatMap { text($0.0) + $0.1 }
    return [0x80, 2] + Array("}(".utf8) + items + Array("u.".utf8)
  }

  /// A string.
  public static func text(_ text: String) -> [UInt8] {
    [UInt8(ascii: "X")] + number(text.utf8.count, 4) + Array(text.utf8)
  }

  /// A whole number.
  public static func integer(_ value: Int) -> [UInt8] { [0x8A, 8] + number(value, 8) }

  /// Some values side by side.
  public static func tuple(_ values: [[UInt8]]) -> [UInt8] {
    Array("(".utf8) + values.flatMap { $0 } + Array("t".utf8)
  }

  /// A name of a module.
  public static func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }

  /// What a function gives.
  public static func call(_ function: [UInt8], _ arguments: [[UInt8]]) -> [UInt8] {
    function + tuple(arguments) + Array("R".utf8)
  }

  /// A reference to the values of one storage.
  public static func storage(
    _ key: String = "0", type: String = "FloatStorage", count: Int = 12
  ) -> [UInt8] {
    let parts = [
      text("storage"), global("torch", type), text(key), text("cpu"), integer(count),
    ]
    return tuple(parts) + Array("Q".utf8)
  }

  /// A view of a storage.
  public static func tensor(
    _ storage: [UInt8] = storage(), offset: Int = 0, extents: [Int] = [3, 4],
    strides: [Int] = [4, 1]
  ) -> [UInt8] {
    let sizes = [extents, strides].map { tuple($0.map(integer)) }
    return call(
      global("torch._utils", "_rebuild_tensor_v2"),
      [storage, integer(offset)] + sizes + [[0x89], Array("}".utf8)])
  }

  private static func number(_ value: Int, _ byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
