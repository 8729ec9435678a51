// SPDX-License-Identifier: Apache-2.0

import Foundation

/// One file that gets new contents again and again, quickly.
///
/// Foundation waits for the disk when it writes a file, and ext4 when an emptied one is closed;
/// neither does when an open file is overwritten and then cut. No reader may still have the file
/// open then: what it has mapped would be gone.
final class Overwriting {
  let url: URL
  private let handle: FileHandle
  private let bench: Workbench

  init(_ name: String, on bench: Workbench) throws {
    self.bench = bench
    url = try bench.write("", to: name)
    handle = try FileHandle(forWritingTo: url)
  }

  /// Gives the file other contents.
  func write(_ bytes: [UInt8]) throws {
    try handle.seek(toOffset: 0)
    try handle.write(contentsOf: bytes)
    try handle.truncate(atOffset: UInt64(bytes.count))
  }
}
