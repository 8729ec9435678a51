// SPDX-License-Identifier: Apache-2.0

package import Testing

/// Records an issue unless the body throws an error whose one sentence contains a text.
package func expect<T>(
  _ message: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> T
) {
  do {
    _ = try body()
    Issue.record("No error where “\(message)” was expected.", sourceLocation: sourceLocation)
  } catch {
    let text = "\(error)"
    #expect(text.contains(message), sourceLocation: sourceLocation)
    #expect(text.hasSuffix("."), sourceLocation: sourceLocation)
    #expect(!text.contains("\n"), sourceLocation: sourceLocation)
  }
}
