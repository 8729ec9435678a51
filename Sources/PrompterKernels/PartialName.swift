// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Names of files and folders that are complete only under another name.
///
/// They are hidden, stand beside what they will become, and are locked while they are written:
/// `.NAME.UNIQUE.partial`.
public enum PartialName {
  private static let ending = ".partial"

  /// A fresh name for what will be called `name`.
  public static func make(for name: String) -> String {
    beginning(for: name) + String(UInt64.random(in: 0...UInt64.max), radix: 36) + ending
  }

  // Names may have 255 bytes, so a long one is cut.
  private static func beginning(for name: String) -> String {
    "." + String(decoding: name.utf8.prefix(64), as: UTF8.self) + "."
  }

  /// Removes what killed processes left of some names, and nothing that is being written.
  ///
  /// - Parameters:
  ///   - names: What the files or folders should have become.
  ///   - folder: The folder that they are in.
  public static func removeAbandoned(of names: [String], in folder: String) {
    let beginnings = names.map(beginning)
    let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in found where name.hasSuffix(ending) {
      guard beginnings.contains(where: { isUnique(name, after: $0) }) else { continue }
      removeIfAbandoned(folder + "/" + name)
    }
  }

  private static func isUnique(_ name: String, after beginning: String) -> Bool {
    guard name.hasPrefix(beginning) else { return false }
    let unique = name.dropFirst(beginning.count).dropLast(ending.count)
    return 1...13 ~= unique.utf8.count
      && unique.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
  }
}
