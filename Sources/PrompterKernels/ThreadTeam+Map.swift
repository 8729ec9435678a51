// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

extension ThreadTeam {
  /// The results for 0 ..< `count`, in order, each thread working on a consecutive part.
  public func map<Result: Sendable>(
    _ count: Int, _ transform: @Sendable (Int) -> Result
  ) -> [Result] {
    let parts = Mutex([[Result]](repeating: [], count: self.count))
    run { index in
      let range = count * index / self.count..<count * (index + 1) / self.count
      let own = range.map(transform)
      parts.withLock { $0[index] = own }
    }
    return parts.withLock { $0.flatMap { $0 } }
  }
}
