// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// What the system says of a file without reading it, which changes whenever the file does.
///
/// A file that is written to gets new times, and one that takes another's place another number. The
/// time of the last change cannot be set back by a program, unlike that of the last modification.
public struct FileStamp: Codable, Sendable, Equatable {
  /// The number of bytes.
  public let size: Int
  /// When the bytes were last modified, in nanoseconds since 1970.
  public let modified: Int64
  /// When the bytes, the name or the rights were last changed, in nanoseconds since 1970.
  public let changed: Int64
  /// The file's number on its disk.
  public let number: UInt64

  init(_ status: stat) {
    #if canImport(Darwin)
    let (modification, change) = (status.st_mtimespec, status.st_ctimespec)
    #else
    let (modification, change) = (status.st_mtim, status.st_ctim)
    #endif
    size = Int(status.st_size)
    modified = Self.nanoseconds(modification)
    changed = Self.nanoseconds(change)
    number = UInt64(status.st_ino)
  }

  // Wrapping, for a disk may hold any time.
  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }

  /// Whether the file was changed so recently that it could be changed once more without another
  /// time to show for it.
  ///
  /// - Parameter now: The time, in nanoseconds since 1970; nil for the system's.
  /// - Returns: Whether that was less than two seconds ago, or is yet to come.
  public func isFresh(now: Int64? = nil) -> Bool {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    // Two seconds are the coarsest steps of any file system in use.
    let age = (now ?? Self.nanoseconds(time)).subtractingReportingOverflow(max(modified, changed))
    return age.overflow || age.partialValue < 2_000_000_000
  }
}
