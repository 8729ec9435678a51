// SPDX-License-Identifier: Apache-2.0

package import PrompterJSON
package import PrompterTasks

extension Prediction {
  /// The object that answers a query.
  ///
  /// - Parameters:
  ///   - id: What identifies the query; nil for one of several answers to it.
  ///   - top: How many labels are told, the most probable first; nil for all in their own order.
  /// - Returns: An object of JSON.
  package func json(id: JSONValue? = nil, top: Int? = nil) -> JSONValue {
    .object(
      (id.map { [JSONValue.Member(name: "id", value: $0)] } ?? [])
        + [JSONValue.Member(name: "task", value: .string(task))] + content.members(top: top)
        + longTextMembers)
  }

  // Nothing of a text that was read as it is.
  private var longTextMembers: [JSONValue.Member] {
    (isCut ? [JSONValue.Member(name: "cut", value: .bool(true))] : [])
      + (windowCount > 1 ? [JSONValue.Member(name: "windows", value: .integer(windowCount))] : [])
  }
}
