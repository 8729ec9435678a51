// SPDX-License-Identifier: Apache-2.0

public import PrompterJSON

/// A number.
public struct NumberAnswer: Answer {
  /// The number.
  public let value: Double

  /// A number as an answer.
  public init(_ value: Double) {
    self.value = value
  }

  /// What a head gave, in as many digits as tell it apart.
  public init(output: Float) {
    value = Double("\(output)") ?? Double(output)
  }

  /// The number in digits.
  public var text: String { "\(value)" }

  /// None: a number is not more or less probable.
  public var probability: Double? { nil }

  /// The number, as `value`.
  public func members(top: Int?) -> [JSONValue.Member] {
    [JSONValue.Member(name: "value", value: .number(value))]
  }
}
