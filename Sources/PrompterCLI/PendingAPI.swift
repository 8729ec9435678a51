// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter

struct PendingError: Error, CustomStringConvertible { var description = "Pending." }

extension Prompt {
  init(contentsOf folder: URL) throws { throw PendingError() }
  func write(to folder: URL, overwriting: Bool) throws {}
  var peftObstacle: String? { nil }
}
