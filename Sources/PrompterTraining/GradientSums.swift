// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterNN
internal import Synchronization

/// The sums of the replicas' gradients of parameters, made while the replicas run.
///
/// A gradient is added as soon as those of all replicas before it are there, by the replica that
/// comes last, and freed. So the gradients of a whole model are in memory hardly more than once,
/// and the order of additions, which decides the last bits, is always the same.
final class GradientSums: Sendable {
  private struct Terms {
    // Of the replicas 0 ..< next, as far as they have one.
    var sum: Gradient?
    var next = 0
    var waiting: [Int: Gradient] = [:]
  }

  // A lock for each parameter, for adding takes a while.
  private final class Sum: Sendable {
    let terms = Mutex(Terms())
  }

  private let sums: [Sum]
  private let indices: [ObjectIdentifier: Int]

  /// No gradients yet.
  init(of parameters: [Parameter]) {
    sums = parameters.map { _ in Sum() }
    indices = Dictionary(
      uniqueKeysWithValues: parameters.enumerated().map { (ObjectIdentifier($1), $0) })
  }

  /// Adds a replica's gradient, which must be its only one of this parameter; that of a parameter
  /// which is none of the sums' is nobody's.
  func add(_ gradient: Gradient, of parameter: Parameter, replica: Int) {
    guard let index = indices[ObjectIdentifier(parameter)] else { return }
    sums[index].terms.withLock { terms in
      terms.waiting[replica] = gradient
      while let ready = terms.waiting.removeValue(forKey: terms.next) {
        terms.sum = terms.sum?.adding(ready) ?? ready
        terms.next += 1
      }
    }
  }

  /// The sums, once all replicas are done; one that had no gradient of a parameter is left out.
  func take() -> [Gradient?] {
    sums.map { sum in
      sum.terms.withLock { terms in
        let rest = terms.waiting.sorted { $0.key < $1.key }.map(\.value)
        terms.waiting = [:]
        return rest.reduce(terms.sum) { $0?.adding($1) ?? $1 }
      }
    }
  }
}
