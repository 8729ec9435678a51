// SPDX-License-Identifier: Apache-2.0

import Prompter
import Testing

@testable import PrompterCLI
@testable import PrompterTraining

@Suite struct ProgressTests {
  private let step = StepReport(
    step: 30, stepCount: 120, epoch: 1.25, loss: 0.41239, rate: 0.01, examplesPerSecond: 512.4,
    secondsLeft: 65)

  @Test func `a wide terminal shows everything`() {
    #expect(
      ProgressBar(width: 120).line(for: step, best: "best accuracy 0.8710") == """
        [######------------------] 30/120  epoch 1.3  loss 0.412  1m 05s left  \
        best accuracy 0.8710  512 examples/s
        """)
  }

  @Test func `a narrow terminal shows what matters`() {
    #expect(
      ProgressBar(width: 60).line(for: step, best: "best accuracy 0.8710")
        == "[##------] 30/120  epoch 1.3  loss 0.412  1m 05s left")
    #expect(ProgressBar(width: 20).line(for: step, best: nil) == "[##------] 30/120")
    #expect(ProgressBar(width: 4).line(for: step, best: nil) == "30/1")
  }

  @Test func `no line is wider than its terminal`() {
    for width in 1...200 {
      #expect(
        ProgressBar(width: width).line(for: step, best: "best f1_macro 0.5").count <= width)
    }
  }

  private let start = TrainingStart(
    trainableParameters: 1026, backboneParameters: 32704, examples: 200, stepCount: 120,
    stepsPerEpoch: 24, baseline: [:], longTexts: LongTextCounts(cut: 3),
    cache: TrainingStart.Cache(layers: 3, byteCount: 3_200_000, isOnDisk: false), resumedStep: 12)

  @Test func `what the tokenizer found odd is told at the start`() {
    var odd = start
    odd.warnings = [.unknownPieces(file: "a\u{1B}b.csv", share: 0.66)]
    let text = told(isLive: false, [.started(odd)])
    #expect(text.hasSuffix("\n\("\(odd.warnings[0])".replacing("\u{1B}", with: "\\u001b"))\n"))
    #expect(told(isQuiet: true, isLive: false, [.started(odd)]).isEmpty)
  }

  private let report = EpochReport(
    epoch: 2, step: 48, loss: 0.5, metrics: ["accuracy": 0.75], seconds: 1, examplesPerSecond: 99,
    tokensPerSecond: 900)

  private func told(isQuiet: Bool = false, isLive: Bool, _ events: [TrainingEvent]) -> String {
    var text = ""
    let monitor = TrainingMonitor(
      metric: "accuracy", isQuiet: isQuiet, isLive: isLive, width: 80, write: { text += $0 })
    events.forEach(monitor.note)
    monitor.finish()
    return text
  }

  @Test func `a file gets one line for each evaluation`() {
    let text = told(
      isLive: false, [.started(start), .step(step), .evaluated(report, isBest: true)])
    #expect(
      text == """
        Training 1,026 values (3.14 % of the backbone) on 200 examples in 120 steps.
        The states after layer 3 are computed once and kept in memory (3.2 MB).
        Going on from step 12.
        3 of 200 training texts are longer than --max-length and were cut.
        epoch 2.0  step 48  loss 0.5000  accuracy 0.7500  99 examples/s  *

        """)
  }

  @Test func `of a head that is fitted there are no steps to tell`() {
    var fitting = start
    (fitting.fitsHead, fitting.cache, fitting.resumedStep) = (true, nil, nil)
    #expect(
      told(isLive: false, [.started(fitting)]).hasPrefix(
        "Fitting 1,026 values (3.14 % of the backbone) to 200 examples.\n"))
  }

  @Test func `a terminal's line is rewritten and gone at the end`() {
    let text = told(isLive: true, [.step(step), .evaluated(report, isBest: false)])
    #expect(text.hasPrefix("\r\u{1B}[?7l["))
    #expect(text.contains("\u{1B}[K\u{1B}[?7h\r\u{1B}[Kepoch 2.0"))
    #expect(text.hasSuffix("examples/s\n"))
  }

  @Test func `silence is kept`() {
    let events: [TrainingEvent] = [
      .started(start), .step(step), .evaluated(report, isBest: true), .saved(step: 48),
    ]
    #expect(told(isQuiet: true, isLive: true, events).isEmpty)
  }
}
