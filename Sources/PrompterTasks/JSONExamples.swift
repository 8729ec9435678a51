// SPDX-License-Identifier: Apache-2.0

extension ExampleReader {
  /// The names of the fields to take from each object.
  private struct Names {
    var text: String
    var pair: String?
    var label: String
  }

  /// Reads the fields of each object of a JSON file; what else it holds is not looked at.
  func jsonExamples(in objects: JSONObjects, _ omissions: inout Omissions) throws -> [Example] {
    var examples: [Example] = []
    var names: Names?
    for place in try objects.places() {
      guard examples.count < limit else { break }
      let row = try objects.object(at: place)
      let known = try names ?? self.names(ofFirst: row, &omissions)
      names = known
      let label = try row.memberIfPresent(known.label)?.label()
      try examples.append(
        Example(
          text: row.member(known.text).text(),
          pair: known.pair.map { try row.member($0).text() },
          label: checkedLabel(label, line: place.line), line: place.line))
    }
    return examples
  }

  /// The names of the fields, told by the first object.
  private func names(ofFirst row: JSONField, _ omissions: inout Omissions) throws -> Names {
    let columns = row.names
    let roles = try roles(in: columns, &omissions)
    return Names(
      text: columns[roles.text], pair: roles.pair.map { columns[$0] },
      label: roles.label.map { columns[$0] } ?? fields.label ?? "label")
  }
}
