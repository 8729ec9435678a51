// SPDX-License-Identifier: Apache-2.0

/// Refuses counts below 1, and those that no machine has room for.
func requirePositive(_ value: Int?, _ option: String) throws {
  guard let value, !(1...1_000_000_000).contains(value) else { return }
  throw UsageError("\(option) must be at least 1 and at most a thousand million, not \(value).")
}
