// SPDX-License-Identifier: Apache-2.0

import Prompter

extension Table {
  /// An answer's table, numbers on the right.
  init(_ answer: AnswerTable) {
    self.init(
      answer.columns.indices.map { column in
        (answer.columns[column], answer.rows.first?[column].isNumber == true ? .right : .left)
      })
    for row in answer.rows { add(row.map(\.shown)) }
  }
}

extension AnswerTable.Cell {
  fileprivate var isNumber: Bool {
    if case .text = self { false } else { true }
  }

  fileprivate var shown: String {
    switch self {
    case .text(let text): Text.clipped(text, to: 60)
    case .share(let share): Text.score(share)
    case .count(let count): "\(count)"
    }
  }
}
