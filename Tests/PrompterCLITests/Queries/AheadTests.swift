// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import PrompterCLI

@Suite(.timeLimit(.minutes(1))) struct AheadTests {
  private struct Failure: Error, Equatable {}

  @Test func `elements come in order, then none`() throws {
    let numbers = Ahead(from: 0) { number -> Int? in
      number += 1
      return number <= 100 ? number : nil
    }
    let doubled = Ahead(from: numbers) { try $0.next().map { $0 * 2 } }
    for number in 1...100 { #expect(try doubled.next() == number * 2) }
    #expect(try doubled.next() == nil)
    #expect(try doubled.next() == nil)
  }

  @Test func `an error comes where it happened, and ends all`() throws {
    let numbers = Ahead(from: 0) { number -> Int? in
      number += 1
      guard number < 3 else { throw Failure() }
      return number
    }
    let passedOn = Ahead(from: numbers) { try $0.next() }
    #expect(try passedOn.next() == 1)
    #expect(try passedOn.next() == 2)
    #expect(throws: Failure.self) { try passedOn.next() }
    #expect(try passedOn.next() == nil)
  }

  @Test func `no more than three are made before any is taken`() throws {
    let made = Counter()
    let numbers = Ahead(from: 0) { number -> Int? in
      number += 1
      made.value.store(number, ordering: .sequentiallyConsistent)
      return number
    }
    // Two wait and one is ready to.
    made.wait(until: 3)
    Thread.sleep(forTimeInterval: 0.05)
    #expect(made.value.load(ordering: .sequentiallyConsistent) == 3)
    #expect(try numbers.next() == 1)
    made.wait(until: 4)
  }

  @Test func `what waits is taken together, and an error after it`() throws {
    let made = Counter()
    let numbers = Ahead(from: 0, limit: 5) { number -> Int? in
      number += 1
      made.value.store(number, ordering: .sequentiallyConsistent)
      guard number < 8 else { throw Failure() }
      return number
    }
    made.wait(until: 6)
    #expect(try numbers.next(atMost: 3) == [1, 2, 3])
    made.wait(until: 8)
    Thread.sleep(forTimeInterval: 0.05)
    #expect(try numbers.next(atMost: 9) == [4, 5, 6, 7])
    #expect(throws: Failure.self) { try numbers.next(atMost: 9) }
    #expect(try numbers.next(atMost: 9).isEmpty)
  }

  @Test func `elements count by their size, and one that is too large comes alone`() throws {
    let sizes = [2, 3, 9, 1, 1]
    let made = Counter()
    let elements = Ahead(from: 0, limit: 16, size: { $0 }) { place -> Int? in
      place += 1
      made.value.store(place, ordering: .sequentiallyConsistent)
      return place <= sizes.count ? sizes[place - 1] : nil
    }
    made.wait(until: 6)
    Thread.sleep(forTimeInterval: 0.05)
    #expect(try elements.next(atMost: 5) == [2, 3])
    #expect(try elements.next(atMost: 5) == [9])
    #expect(try elements.next(atMost: 5) == [1, 1])
    #expect(try elements.next(atMost: 5).isEmpty)
  }

  @Test func `where no thread can start, elements are made when they are asked for`() throws {
    let numbers = Ahead(from: 0, start: { _ in false }) { number -> Int? in
      number += 1
      guard number < 3 else { throw Failure() }
      return number
    }
    let doubled = Ahead(from: numbers, start: { _ in false }) { try $0.next().map { $0 * 2 } }
    #expect(try doubled.next(atMost: 5) == [2])
    #expect(try doubled.next() == 4)
    #expect(throws: Failure.self) { try doubled.next() }
    #expect(try doubled.next() == nil)
    #expect(try numbers.next() == nil)
  }

  @Test func `the thread ends when nobody takes what it makes`() throws {
    let ended = Flag()
    var numbers: Ahead<Int>? = Ahead(from: Ending(ended)) { _ in 1 }
    #expect(try numbers?.next() == 1)
    numbers = nil
    while !ended.isSet.load(ordering: .sequentiallyConsistent) {
      Thread.sleep(forTimeInterval: 1e-3)
    }
  }
}

private final class Counter: Sendable {
  let value = Atomic(0)

  func wait(until least: Int) {
    while value.load(ordering: .sequentiallyConsistent) < least {
      Thread.sleep(forTimeInterval: 1e-3)
    }
  }
}

private final class Flag: Sendable {
  let isSet = Atomic(false)
}

// Sets a flag when nobody holds it any more.
private final class Ending: Sendable {
  private let flag: Flag

  init(_ flag: Flag) { self.flag = flag }

  deinit { flag.isSet.store(true, ordering: .sequentiallyConsistent) }
}
