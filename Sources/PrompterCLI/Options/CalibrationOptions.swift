// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Prompter

/// The option of probabilities.
struct CalibrationOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Give probabilities as the head does, not by the temperature that was fitted to the "
        + "validation data."))
  var uncalibrated = false

  /// The predictor with what was said.
  func applied(to predictor: Predictor) -> Predictor {
    var predictor = predictor
    predictor.isCalibrated = !uncalibrated
    return predictor
  }
}
