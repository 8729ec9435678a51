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
  /// The results for 0 ..< `count`, in order, each thread taking the next one when it is done with
  /// one.
  ///
  /// So threads end together however fast each of them is; which of them has which part is left to
  /// chance.
  public func mapInTurn<Result: Sendable>(
    _ count: Int, _ transform: @Sendable (Int) -> Result
  ) -> [Result] {
    let next = Atomic(0)
    let results = Mutex([Result?](repeating: nil, count: count))
    run { _ in
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        let result = transform(index)
        results.withLock { $0[index] = result }
      }
    }
    return results.withLock { $0.compactMap(\.self) }
  }
}
