// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import Prompter

extension MethodName: ExpressibleByArgument {
  // Known so that they can be answered with a sentence.
  private static let later: Set = ["prefix-tuning", "p-tuning", "few-shot"]

  /// The name of a method that there is, or will be.
  public init?(argument: String) {
    self.init(rawValue: argument)
    guard settings != nil || Self.later.contains(argument) else { return nil }
  }

  /// The names of the methods that there are.
  public static var allValueStrings: [String] { allCases.map(\.rawValue) }

  /// The method's settings, if this version has it.
  func checked() throws -> any MethodSettings.Type {
    guard let settings else {
      let known = Self.allValueStrings.joined(separator: ", ")
      throw UsageError.notInThisVersion("The method \(rawValue)", use: "one of \(known)")
    }
    return settings
  }
}
