// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterNN
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct AdafactorTableTests {
  // Five steps on a table [400, 6] whose gradients are of few rows, as rows or of the whole table.
  private func train(
    _ options: AdafactorOptions, decay: Float, isWhole: Bool
  ) -> (values: Tensor, optimizer: Adafactor) {
    var random = SeededRandom(seed: 6)
    let table = Parameter("t", random.tensor([400, 6]), isTrained: true)
    var optimizer = Adafactor([table], weightDecay: decay, options: options)
    for step in 0..<5 {
      // Neighbours, the first and the last, and long gaps.
      let rows: [Int32] = step == 2 ? [] : [399, 17, 18, 0, 17] + random.indices(3, below: 400)
      let gradient = RowGradient(zeros: [400, 6]).adding(
        random.tensor([rows.count, 6], in: -1e-3...1e-3), at: rows)
      optimizer.update(
        with: [isWhole ? .whole(gradient.tensor) : .rows(gradient)], rate: 0.1,
        gradientScale: 0.5, team: ThreadTeam(count: 1))
    }
    return (table.value, optimizer)
  }

  @Test func `gradients of rows move a table as those of the whole table do`() {
    var (clipped, kept, factored) = (
      AdafactorOptions(), AdafactorOptions(), AdafactorOptions()
    )
    clipped.clippingThreshold = 0.01
    kept.beta1 = 0.9
    (factored.isFactored, factored.leastFactoredExtent) = (true, 2)
    withEvery("variant", in: [AdafactorOptions(), clipped, kept, factored]) { options in
      withEvery("decay", in: [Float(0), 0.01]) { decay in
        let whole = train(options, decay: decay, isWhole: true)
        let rows = train(options, decay: decay, isWhole: false)
        // The order of additions in the direction's norm differs.
        expectClose(rows.values, whole.values, absolute: 1e-6)
        for (name, moment) in whole.optimizer.state {
          #expect(rows.optimizer.state[name]?.values == moment.values, "\(name)")
        }
      }
    }
  }
}
