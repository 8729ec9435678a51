// SPDX-License-Identifier: Apache-2.0

// What the configurations of several families are read with: values that are known to be usable.
extension KeyedDecodingContainer {
  // A count between 1 and two thousand million.
  func size(_ key: Key, default fallback: Int? = nil) throws -> Int {
    let found = try decodeIfPresent(Int.self, forKey: key) ?? fallback
    guard let found else { return try decode(Int.self, forKey: key) }
    guard (1...Int(Int32.max)).contains(found) else {
      throw BackboneError.unusable(key: key.stringValue, found: "\(found)", expected: "1 or more")
    }
    return found
  }

  // A probability that leaves something over.
  func dropout(_ key: Key, default fallback: Float = 0.1) throws -> Float {
    let found = try decodeIfPresent(Float.self, forKey: key) ?? fallback
    guard (0..<1).contains(found) else {
      throw BackboneError.unusable(
        key: key.stringValue, found: "\(found)", expected: "a probability below 1")
    }
    return found
  }

  // What is added to variances, so that nothing is divided by zero.
  func epsilon(_ key: Key, default fallback: Float) throws -> Float {
    let found = try decodeIfPresent(Float.self, forKey: key) ?? fallback
    guard (0...1).contains(found) else {
      throw BackboneError.unusable(
        key: key.stringValue, found: "\(found)", expected: "a number from 0 to 1")
    }
    return found
  }

  func expect(_ key: Key, _ known: [String]) throws {
    guard let found = try decodeIfPresent(String.self, forKey: key) else { return }
    guard known.contains(found) else {
      throw BackboneError.unusable(
        key: key.stringValue, found: "`\(found)`",
        expected: known.map { "`\($0)`" }.joined(separator: " or "))
    }
  }

  // A count of which only one is known.
  func expect(_ key: Key, _ known: Int) throws {
    guard let found = try decodeIfPresent(Int.self, forKey: key), found != known else { return }
    throw BackboneError.unusable(
      key: key.stringValue, found: "\(found)", expected: "\(known)")
  }

  // A token, or a list of one.
  func token(_ key: Key, default missing: Int32, below limit: Int) throws -> Int32 {
    var found = missing
    if contains(key), try !decodeNil(forKey: key) {
      let list = try? decode([Int32].self, forKey: key)
      if let list, Set(list).count != 1 {
        throw BackboneError.unusable(key: key.stringValue, found: "\(list)", expected: "one token")
      }
      found = try list?.first ?? decode(Int32.self, forKey: key)
    }
    guard found >= 0, Int(found) < limit else {
      throw BackboneError.unusable(
        key: key.stringValue, found: "\(found)", expected: "a token below \(limit)")
    }
    return found
  }
}
