// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import PrompterTestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct InputPiecesTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String {
    folder.appending(path: name).path(percentEncoded: false)
  }

  @Test func `a file comes in pieces, then nothing`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data((0..<100).map { UInt8($0) }).write(to: URL(filePath: path("file")))
    let input = try InputPieces(path: path("file"))
    var pieces: [[UInt8]] = []
    while case let piece = try input.next(atMost: 40), !piece.isEmpty { pieces.append(piece) }
    #expect(pieces.map(\.count) == [40, 40, 20])
    #expect(Array(pieces.joined()) == Array(0..<100))
    #expect(try input.isReady && input.next().isEmpty)
  }

  @Test func `a pipe tells whether anything is there`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(makePipe(path("pipe")))
    let (reading, name) = (Self.later { try InputPieces(path: $0) }, path("pipe"))
    let input = reading(name)
    let writer = try FileHandle(forWritingTo: URL(filePath: name))
    let pieces = try input.value()
    #expect(!pieces.isReady)
    try writer.write(contentsOf: Data("one".utf8))
    #expect(pieces.isReady)
    #expect(try pieces.next() == Array("one".utf8))
    #expect(!pieces.isReady)
    try writer.close()
    #expect(pieces.isReady)
    #expect(try pieces.next().isEmpty)
  }

  // Opening one end of a pipe waits for the other.
  private static func later<Value: Sendable>(
    _ make: @escaping @Sendable (String) throws -> Value
  ) -> (String) -> Promise<Value> {
    { name in
      let promise = Promise<Value>()
      Thread.detachNewThread { promise.keep(Result { try make(name) }) }
      return promise
    }
  }

  private final class Promise<Value: Sendable>: @unchecked Sendable {
    private let isKept = DispatchSemaphore(value: 0)
    private var result: Result<Value, any Error>?

    func keep(_ result: Result<Value, any Error>) {
      self.result = result
      isKept.signal()
    }

    func value() throws -> Value {
      isKept.wait()
      return try #require(result).get()
    }
  }

  @Test func `what cannot be read is told when it is opened`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let missing = #expect(throws: FileError.self) { try InputPieces(path: path("none")) }
    #expect(missing?.isMissing == true)
    let error = #expect(throws: FileError.self) { try InputPieces(path: path(".")) }
    #expect(error?.reason == "it is a folder")
  }
}
