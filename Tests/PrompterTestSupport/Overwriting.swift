// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// One file that gets new contents again and again, quickly.
///
/// Foundation waits for the disk when it writes a file, and ext4 when an emptied one is closed;
/// neither does when an open file is overwritten and then cut. No reader may still have the file
/// open then: what it has mapped would be gone.
public final class Overwriting {
  /// The file.
  public let url: URL
  private let handle: FileHandle
  private let keeper: AnyObject?

  /// A file that is made now.
  ///
  /// - Parameters:
  ///   - url: The file; the folders on the way to it are made too.
  ///   - keeper: What must live as long as the file, such as its temporary folder.
  /// - Throws: An error if the file cannot be made.
  public init(_ url: URL, keeping keeper: AnyObject? = nil) throws {
    self.url = url
    self.keeper = keeper
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data().write(to: url)
    handle = try FileHandle(forWritingTo: url)
  }

  /// Gives the file other contents.
  public func write(_ bytes: [UInt8]) throws {
    try handle.seek(toOffset: 0)
    try handle.write(contentsOf: bytes)
    try handle.truncate(atOffset: UInt64(bytes.count))
  }
}
