// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterKernels

@Suite struct ProcessStatusTests {
  @Test func `this process has used memory`() {
    #expect(ProcessStatus.peakMemory > 1 << 20)
  }
}
