// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterKernels

/// Writes that happen entirely or not at all.
public enum AtomicFile {
  /// Makes or replaces a file.
  ///
  /// The bytes go to a temporary file beside it, to the disk, and only then under the final name.
  /// Where that fails, as on a full disk, the temporary file is removed and the old file stays.
  ///
  /// - Parameters:
  ///   - data: What the file shall hold.
  ///   - url: The file.
  /// - Throws: `CheckpointError.file`, which names the file and the system's reason.
  public static func write(_ data: Data, to url: URL) throws {
    do {
      var file = try ReplacementFile(replacing: url.path(percentEncoded: false))
      try file.write(data.bytes)
      try file.commit()
    } catch {
      throw CheckpointError.file(error)
    }
  }
}
