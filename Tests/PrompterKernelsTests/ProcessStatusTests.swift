// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterKernels

@Suite struct ProcessStatusTests {
  @Test func `the peak is at least what was written, and no fantasy`() {
    let buffer = Buffer(count: 1 << 24)
    buffer.fill(with: 1)
    #expect(buffer[1 << 23] == 1)
    #expect(ProcessStatus.peakMemory > 4 << 24)
    #expect(ProcessStatus.peakMemory < 1 << 40)
  }
}
