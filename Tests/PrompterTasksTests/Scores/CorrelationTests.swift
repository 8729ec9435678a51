// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct CorrelationTests {
  @Test func `lines correlate wholly, constants not at all`() {
    #expect(abs(Correlation.pearson([1, 2, 3], [3, 5, 7]) - 1) < 1e-12)
    #expect(abs(Correlation.pearson([1, 2, 3], [3, 2, 1]) + 1) < 1e-12)
    #expect(Correlation.pearson([1, 1], [2, 3]) == 0)
    #expect(Correlation.pearson([], []) == 0)
  }

  // By SciPy: pearsonr and spearmanr.
  @Test func `numbers with ties correlate as SciPy says`() {
    let (first, second) = ([1.0, 2, 2, 4, 5], [2.0, 1, 3, 3, 9])
    #expect(abs(Correlation.pearson(first, second) - 0.806_776_383_535_729_3) < 1e-12)
    #expect(abs(Correlation.spearman(first, second) - 0.763_157_894_736_842_1) < 1e-12)
  }
}
