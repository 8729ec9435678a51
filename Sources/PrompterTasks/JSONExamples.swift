// SPDX-License-Identifier: Apache-2.0

internal import Foundation

extension ExampleReader {
  /// Reads the fields of each object of a JSON file.
  func jsonExamples(in objects: JSONObjects) throws -> [Example] {
    var examples: [Example] = []
    var names: JSONNames?
    for place in try objects.places() {
      guard examples.count < limit else { break }
      let known = try names ?? self.names(ofFirst: place, in: objects)
      let row = try objects.decode(place) {
        try JSONDecoder().decode(JSONExample.self, from: $0, configuration: known)
      }
      names = known
      names?.labelKind = row.labelKind
      let label = try checkedLabel(row.label, line: place.line)
      examples.append(Example(text: row.text, pair: row.pair, label: label, line: place.line))
    }
    return examples
  }

  /// The names of the fields, told by the first object.
  private func names(
    ofFirst place: JSONObjects.Place, in objects: JSONObjects
  ) throws -> JSONNames {
    let columns = try objects.decode(place) {
      try JSONDecoder().decode(JSONColumns.self, from: $0).names
    }
    let roles = try fields.roles(in: columns, file: file, requireLabels: requireLabels)
    return JSONNames(
      text: columns[roles.text], pair: roles.pair.map { columns[$0] },
      label: roles.label.map { columns[$0] } ?? fields.label ?? "label")
  }
}
