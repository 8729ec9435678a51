// SPDX-License-Identifier: Apache-2.0

@testable import PrompterKernels
import PrompterTestSupport
import Synchronization
import Testing

@Suite(.namesValues) struct BufferTests {
  @Test func `every block is aligned to 64 bytes`() {
    withEvery("count", in: [0, 1, 15, 16, 17, 20, 24, 31, 33, 100, 1000, 12_345, 1 << 20]) {
      count in
      let buffers = (0..<3).map { _ in Buffer(count: count) }
      for buffer in buffers { #expect(address(of: buffer) % 64 == 0) }
    }
  }

  @Test func `a freed block is handed out again`() {
    withEvery("count", in: [1, 100, 5_000, 300_001]) { count in
      var first: Buffer? = Buffer(count: count)
      let place = first.map { address(of: $0) }
      first = nil
      #expect(address(of: Buffer(count: count)) == place)
    }
  }

  @Test func `a small freed block serves a size a little below its own, and is itself again after`()
  {
    onFreshThread {
      let found = places(counts: [10_000, 8_000, 10_000, 3_000])
      #expect(found[1] == found[0] && found[2] == found[0])
      #expect(found[3] != found[0])
    }
  }

  @Test func `a large freed block serves any smaller one, and is itself again after`() {
    onFreshThread {
      let plugs = plugs(count: 20_000, untilRoomFor: 1_000_000)
      #expect(Set(places(counts: [1_000_000, 300_000, 1_000_000, 20_000])).count == 1)
      withExtendedLifetime(plugs) {}
    }
  }

  @Test func `large blocks that are freed become one with the free memory beside them`() {
    onFreshThread {
      let plugs = plugs(count: 100_000, untilRoomFor: 600_000)
      // Freed from the middle outwards: each time with free memory on one side, or on both.
      var row: [Buffer?] = (0..<5).map { _ in Buffer(count: 100_000) }
      let places = row.compactMap { $0.map { address(of: $0) } }
      for index in [2, 1, 3, 0] { row[index] = nil }
      let whole = Buffer(count: 399_000)
      #expect(address(of: whole) == places[0])
      #expect(address(of: Buffer(count: 100_000)) > places[4])
      withExtendedLifetime((plugs, row, whole)) {}
    }
  }

  // A thread whose pool keeps no small blocks. Of large ones it may have what others left.
  private func onFreshThread(_ body: @Sendable () -> Void) {
    ThreadTeam(count: 2, isPinned: false).run { part in
      if part == 1 { body() }
    }
  }

  // Where buffers are that live one after another.
  private func places(counts: [Int]) -> [Int] {
    counts.map { address(of: Buffer(count: $0)) }
  }

  // Buffers that fill all holes below one for `room` values, which begins right behind the last.
  private func plugs(count: Int, untilRoomFor room: Int) -> [Buffer] {
    var plugs: [Buffer] = []
    repeat {
      plugs.append(Buffer(count: count))
    } while plugs.count < 10_000
      && address(of: Buffer(count: room)) != address(of: plugs[plugs.count - 1]) + 4 * count + 64
    return plugs
  }

  @Test func `buffers alive at the same time share nothing, whatever their sizes`() {
    var random = SeededRandom(seed: 1)
    var alive: [(buffer: Buffer, mark: Float)] = []
    for step in 0..<4_000 {
      if alive.count > 40 || (!alive.isEmpty && random.next() % 3 == 0) {
        let (buffer, mark) = alive.remove(at: Int(random.next() % UInt64(alive.count)))
        #expect(holds(mark, buffer), "step \(step)")
      } else {
        let buffer = Buffer(
          count: Int(random.next() % 3_000), capacity: Int(random.next() % 40_000))
        buffer.fill(with: Float(step))
        alive.append((buffer, Float(step)))
      }
    }
    #expect(alive.allSatisfy { holds($0.mark, $0.buffer) })
  }

  @Test func `a block that another thread lets go of serves the one that asked for it`() {
    let team = ThreadTeam(count: 2, isPinned: false)
    let shelf = Mutex<Buffer?>(nil)
    let places = Mutex<[Int]>([])
    for _ in 0..<5 {
      team.run { part in
        guard part == 1 else { return }
        let buffer = Buffer(count: 70_000)
        places.withLock { $0.append(address(of: buffer)) }
        shelf.withLock { $0 = buffer }
      }
      shelf.withLock { $0 = nil }
    }
    // Other tests may leave the pool a hole further down, once.
    #expect(Set(places.withLock(\.self)).count <= 2)
  }

  @Test func `threads that come and go while others hold their blocks share nothing`() {
    let shelf = Mutex<[(buffer: Buffer, mark: Float)]>([])
    var spoilt = 0
    for round in 0..<60 {
      let team = ThreadTeam(count: 3, isPinned: false)
      team.run { part in
        for size in [50, 3_000, 90_000] {
          let mark = Float(round * 100 + part)
          let buffer = Buffer(count: size + round)
          buffer.fill(with: mark)
          shelf.withLock { $0.append((buffer, mark)) }
        }
      }
      shelf.withLock { shelf in
        spoilt += shelf.count { !holds($0.mark, $0.buffer) }
        shelf.removeFirst(min(shelf.count, round % 11))
      }
    }
    #expect(spoilt == 0)
  }

  @Test func `blocks passed between threads are never shared`() {
    let team = ThreadTeam(count: 3, isPinned: false)
    let shelf = Mutex<[(buffer: Buffer, mark: Float)]>([])
    let spoilt = Atomic(0)
    team.run { part in
      var random = SeededRandom(seed: part)
      for step in 0..<3_000 {
        let mark = Float(part * 10_000 + step)
        let buffer = Buffer(count: 1 + Int(random.next() % 500))
        buffer.fill(with: mark)
        // Leave a buffer for anybody and let go of one that anybody left.
        let taken = shelf.withLock { shelf in
          shelf.append((buffer, mark))
          return shelf.count > 20 ? shelf.remove(at: Int(random.next() % 20)) : nil
        }
        if let taken, !holds(taken.mark, taken.buffer) { spoilt.add(1, ordering: .relaxed) }
      }
    }
    #expect(spoilt.load(ordering: .relaxed) == 0)
    #expect(shelf.withLock { $0.allSatisfy { holds($0.mark, $0.buffer) } })
  }

  @Test func `a buffer outlives the thread that made it`() {
    let kept = Mutex<[Buffer]>([])
    do {
      let team = ThreadTeam(count: 2, isPinned: false)
      team.run { part in
        let buffer = Buffer(count: 1000)
        buffer.fill(with: Float(part))
        kept.withLock { $0.append(buffer) }
      }
    }
    let sums = kept.withLock { $0.map { $0[0] + $0[999] } }
    #expect(sums.sorted() == [0, 2])
  }

  @Test func `room to spare counts for nothing but capacity`() {
    #expect(Buffer(count: 3, capacity: 100).count == 3)
    #expect(Buffer(count: 3, capacity: 100).capacity == 100)
    #expect(Buffer(count: 3, capacity: 1).capacity == 3)
  }

  @Test func `values are read and written by position, by span and as a whole`() {
    let buffer = Buffer(count: 3)
    buffer.update(from: [1, 2, 3])
    buffer[1] = 5
    buffer.withMutableSpan { $0[2] = 7 }
    let copy = Buffer(count: 3)
    copy.update(from: buffer)
    #expect(copy.withSpan { [$0[0], $0[1], $0[2]] } == [1, 5, 7])
    #expect(copy.withBytes { $0.byteCount } == 12)
  }

  @Test func `a range of a buffer is its memory and outlives it`() {
    var whole: Buffer? = Buffer(count: 5)
    whole?.update(from: [1, 2, 3, 4, 5])
    let part = whole.map { Buffer(1..<4, of: $0) }
    whole?.fill(with: 9, in: 2..<3)
    whole = nil
    #expect(part?.count == 3 && part?.capacity == 3)
    #expect(part?.withSpan { [$0[0], $0[1], $0[2]] } == [2, 9, 4])
  }

  @Test func `values are seen and copied piece by piece, as long as they may be`() {
    withEvery("count", in: [0, 1, 1 << 20, 1 << 20 + 1, 3 << 20]) { count in
      let buffer = Buffer(count: count)
      buffer.fill(with: 3)
      if count > 0 { buffer[count - 1] = 4 }
      var sizes: [Int] = []
      buffer.withBytesOfPieces { sizes.append($0.byteCount) }
      #expect(sizes.reduce(0, +) == 4 * count)
      #expect(sizes.allSatisfy { $0 > 0 && $0 <= 4 << 20 })
      let copy = Buffer(count: count)
      copy.fill(with: 0)
      copy.update(from: buffer)
      buffer.letGo()  // Of no consequence for memory that is no file's.
      #expect(Kernels.areEqual(copy, buffer))
    }
  }

  private func address(of buffer: Buffer) -> Int {
    unsafe Int(bitPattern: buffer.base)
  }
}

// Whether every value is `mark`.
private func holds(_ mark: Float, _ buffer: Buffer) -> Bool {
  buffer.withSpan { span in (0..<span.count).allSatisfy { span[$0] == mark } }
}
