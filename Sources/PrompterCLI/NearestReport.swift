// SPDX-License-Identifier: Apache-2.0

import Prompter
import PrompterJSON

/// What is near a prompt, as it is printed.
struct NearestReport {
  let prompt: String
  let model: String
  let nearest: NearestPieces
  let limit: Int?

  fileprivate var listed: ArraySlice<NearestPieces.VirtualToken> {
    nearest.tokens.prefix(limit ?? nearest.tokens.count)
  }

  private var hasDecoder: Bool { nearest.tokens.contains { $0.part == .decoder } }

  // The virtual token's number, and whose it is where there are two prompts.
  private func name(_ part: NearestPieces.Part, _ number: Int) -> String {
    hasDecoder ? "\(part.rawValue) \(number)" : "\(number)"
  }

  /// The tables that people read.
  var text: String {
    let clusters = self.clusters
    return [summary, neighbours, clusters.isEmpty ? nil : table(of: clusters), labels]
      .compactMap { $0?.text }.joined(separator: "\n\n")
  }

  private var summary: Table {
    var rows = [
      ("Prompt", prompt), ("Model", model),
      ("Virtual tokens", Text.count(nearest.tokens.count)),
      ("Pieces compared with", Text.count(nearest.pieceCount)),
      ("Different nearest pieces", Text.count(nearest.distinctNearestCount)),
    ]
    if let cohesion = nearest.cohesion {
      rows.append(("Cosine among neighbours", Text.fixed(cohesion, 3)))
    }
    if let random = nearest.random {
      rows.append(
        (
          "Cosine of random pieces",
          "\(Text.fixed(random.mean, 3)), deviation \(Text.fixed(random.deviation, 3))"
        ))
    }
    rows.append(("Cosine in clusters", "at least \(Text.fixed(nearest.threshold, 3))"))
    if !nearest.labels.isEmpty {
      let near = nearest.labels.count { $0.isNear }
      rows.append(("Labels found", "\(near) of \(nearest.labels.count)"))
    }
    return .pairs(rows)
  }

  private var neighbours: Table {
    var table = Table([
      ("Token", .right), ("Norm", .right), ("Among", .right), ("Nearest pieces", .left),
    ])
    for token in listed {
      let pieces = token.neighbours.map {
        "\(shown($0.piece)) \(Text.fixed($0.similarity, 2))"
      }
      table.add([
        name(token.part, token.number), Text.fixed(token.norm, 2),
        token.cohesion.map { Text.fixed($0, 2) } ?? "", pieces.joined(separator: "  "),
      ])
    }
    return table
  }

  private var clusters: [(token: String, pieces: [String])] {
    listed.flatMap { token in
      token.clusters.map { cluster in
        (name(token.part, token.number), cluster.map { shown(token.neighbours[$0].piece) })
      }
    }
  }

  private func table(of clusters: [(token: String, pieces: [String])]) -> Table {
    var table = Table([("Token", .right), ("Cluster", .left)])
    for (token, pieces) in clusters { table.add([token, pieces.joined(separator: "  ")]) }
    return table
  }

  private var labels: Table? {
    guard !nearest.labels.isEmpty else { return nil }
    var table = Table([("Label", .left), ("Piece", .left), ("Near token (rank)", .left)])
    for label in nearest.labels {
      for (index, piece) in label.pieces.enumerated() {
        let places = piece.places.prefix(Self.shownPlaces).map {
          "\(name($0.part, $0.number)) (\($0.rank))"
        }
        let more = piece.places.count - places.count
        table.add([
          index == 0 ? Text.clipped(label.label, to: 30) : "", shown(piece.piece),
          piece.places.isEmpty
            ? "none" : places.joined(separator: ", ") + (more > 0 ? " and \(more) more" : ""),
        ])
      }
      if label.pieces.isEmpty { table.add([Text.clipped(label.label, to: 30), "", "none"]) }
    }
    return table
  }

  private static let shownPlaces = 8

  private func shown(_ piece: String) -> String { Text.clipped(piece, to: 24) }
}

extension NearestReport {
  /// The object that `--json` prints.
  var json: JSONValue {
    [
      "prompt": .string(prompt), "model": .string(model),
      "pieces": .integer(nearest.pieceCount),
      "virtual_tokens": .integer(nearest.tokens.count),
      "distinct_nearest": .integer(nearest.distinctNearestCount),
      "cohesion": nearest.cohesion.map { .number($0) } ?? .null,
      "random": nearest.random.map {
        ["mean": .number($0.mean), "deviation": .number($0.deviation)]
      } ?? .null,
      "cluster_threshold": .number(nearest.threshold),
      "labels_found": .integer(nearest.labels.count { $0.isNear }),
      "labels": .array(nearest.labels.map(Self.json)),
      "tokens": .array(listed.map(Self.json)),
    ]
  }

  private static func json(of label: NearestPieces.Label) -> JSONValue {
    [
      "label": .string(label.label), "found": .bool(label.isNear),
      "pieces": .array(
        label.pieces.map { piece in
          [
            "id": .integer(Int(piece.id)), "piece": .string(piece.piece),
            "places": .array(
              piece.places.map {
                [
                  "part": .string($0.part.rawValue), "token": .integer($0.number),
                  "rank": .integer($0.rank),
                ]
              }),
          ]
        }),
    ]
  }

  private static func json(of token: NearestPieces.VirtualToken) -> JSONValue {
    [
      "part": .string(token.part.rawValue), "token": .integer(token.number),
      "norm": .number(token.norm),
      "cohesion": token.cohesion.map { .number($0) } ?? .null,
      "neighbours": .array(
        token.neighbours.map {
          [
            "id": .integer(Int($0.id)), "piece": .string($0.piece),
            "cosine": .number($0.similarity),
          ]
        }),
      "clusters": .array(
        token.clusters.map { cluster in JSONValue(cluster.map { token.neighbours[$0].piece }) }),
    ]
  }
}
