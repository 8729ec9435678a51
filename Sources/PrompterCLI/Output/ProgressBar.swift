// SPDX-License-Identifier: Apache-2.0

import Prompter

/// One line that says how far training is.
struct ProgressBar {
  /// The columns that the line may take.
  let width: Int

  /// The line for a step.
  ///
  /// The bar shrinks first; then the least telling parts are left out, until the line fits.
  func line(for step: StepReport, best: String?) -> String {
    let counter = "\(step.step)/\(step.stepCount)"
    var details = [
      "epoch \(Text.fixed(step.epoch, 1))", "loss \(Text.fixed(step.loss, 3))",
      "\(Text.duration(step.secondsLeft)) left", best ?? "",
      "\(Text.fixed(step.examplesPerSecond, 0)) examples/s",
    ].filter { !$0.isEmpty }
    func tail() -> String { ([counter] + details).joined(separator: "  ") }
    while !details.isEmpty, tail().count + Self.shortest + 3 > width { details.removeLast() }
    let room = width - tail().count - 3
    // Few lengths, so that the bar does not tremble as the numbers beside it change.
    guard let cells = Self.lengths.first(where: { $0 <= room }) else {
      return String(tail().prefix(width))
    }
    return bar(share: Double(step.step) / Double(max(1, step.stepCount)), cells: cells) + " "
      + tail()
  }

  private static let shortest = 8
  private static let lengths = [24, 16, shortest]

  private func bar(share: Double, cells: Int) -> String {
    let full = Int((min(1, max(0, share)) * Double(cells)).rounded(.down))
    return "[" + String(repeating: "#", count: full)
      + String(repeating: "-", count: cells - full) + "]"
  }
}
