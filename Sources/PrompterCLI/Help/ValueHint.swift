// SPDX-License-Identifier: Apache-2.0

/// What to add to the parser's message about a value, which does not say what would be one.
struct ValueHint: Equatable, CustomStringConvertible {
  let description: String

  /// A hint for the first line of a message; nil if that says all.
  ///
  /// - Parameters:
  ///   - line: The message, as in `The value 'ten' is invalid for '--epochs <n>'`.
  ///   - arguments: The command line.
  init?(line: some StringProtocol, arguments: [String]) {
    guard line.hasSuffix("'"),
      let words = line.dropLast().split(separator: "'").last?.split(separator: " "),
      words.count == 2, let option = words.first, option.hasPrefix("--")
    else { return nil }
    if line.hasPrefix("The value '") {
      guard let kind = Self.kinds[String(words[1])] else { return nil }
      description = "; \(kind) is needed."
    } else if line.hasPrefix("Missing value for '") {
      let place = arguments.firstIndex { $0 == option }.map { $0 + 1 }
      guard let place, place < arguments.count, Double(arguments[place]) != nil else { return nil }
      description = "; what begins with a dash is written \(option)=\(arguments[place])."
    } else {
      return nil
    }
  }

  // By what the help page calls the value.
  private static let kinds = [
    "<n>": "a whole number", "<x>": "a number", "<p>": "a number",
    "<epoch|n>": "epoch or a number of steps",
    "<size>": "a size such as 512M", "<name=dir>": "a folder, or NAME=DIR",
  ]
}
