// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON
internal import Synchronization

/// The prompts that a predictor holds, by their names.
///
/// Taking one in, replacing and dropping one touches no other, and waits for nothing that is being
/// answered.
final class ResidentTasks: Sendable {
  private struct Contents {
    var tasks: [ResidentTask] = []
    var places: [UTF8Key: Int] = [:]
  }

  private let contents = Mutex(Contents())

  /// All of them, in the order in which they came.
  var all: [ResidentTask] { contents.withLock { $0.tasks } }

  /// The one of a name.
  subscript(name: String) -> ResidentTask? {
    contents.withLock { contents in contents.places[UTF8Key(name)].map { contents.tasks[$0] } }
  }

  /// The only one; nil if there are several, or none.
  var only: ResidentTask? { contents.withLock { $0.tasks.count == 1 ? $0.tasks[0] : nil } }

  /// Takes one in, in the place of one of its name if there is one.
  ///
  /// - Returns: Whether there was one.
  @discardableResult
  func insert(_ task: ResidentTask) -> Bool {
    contents.withLock { contents in
      if let place = contents.places[UTF8Key(task.name)] {
        contents.tasks[place] = task
        return true
      }
      contents.places[UTF8Key(task.name)] = contents.tasks.count
      contents.tasks.append(task)
      return false
    }
  }

  /// Drops the one of a name.
  ///
  /// - Returns: Whether there was one.
  @discardableResult
  func remove(_ name: String) -> Bool {
    contents.withLock { contents in
      guard let place = contents.places[UTF8Key(name)] else { return false }
      contents.tasks.remove(at: place)
      contents.places = [:]
      for (place, task) in contents.tasks.enumerated() {
        contents.places[UTF8Key(task.name)] = place
      }
      return true
    }
  }
}
