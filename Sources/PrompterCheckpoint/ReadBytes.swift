// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterKernels

/// All bytes of a file.
func readBytes(of url: URL) throws -> [UInt8] {
  do {
    let file = try MappedFile(path: url.path(percentEncoded: false))
    return file.bytes(in: 0..<file.count)
  } catch {
    throw CheckpointError.file(error)
  }
}
