// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Makes a pipe of a name, and says whether it could.
public func makePipe(_ path: String) -> Bool {
  unsafe mkfifo(path, 0o600) == 0
}
