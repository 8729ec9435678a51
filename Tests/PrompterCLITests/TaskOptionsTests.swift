// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Prompter
import Testing

@testable import PrompterCLI

@Suite struct TaskOptionsTests {
  @Test func `a field and a column are given once`() throws {
    func error(_ first: String, _ second: String) -> String? {
      do {
        _ = try FieldOptions.parse(["--field", first, "--field", second])
          .applied(to: TaskDescription(kind: .textClassification))
        return nil
      } catch { return "\(error)" }
    }
    #expect(
      error("text=a", "text=b") == "--field gives the text twice, as `a` and as `b`.")
    #expect(
      error("text=a", "pair=a")
        == "--field gives the column `a` twice, as the text and as the pair.")
    #expect(error("text=a", "pair=b") == nil)
  }

  @Test func `a task that is misspelt is answered with the nearest one`() {
    let known = ["sst2", "rte", "sst2"]
    #expect(
      UsageError.unknownTask("sst-2", known: known).description
        == "There is no task `sst-2`; did you mean `sst2`?")
    #expect(
      UsageError.unknownTask("weather", known: known).description
        == "There is no task `weather`; the tasks are rte, sst2.")
  }
}
