// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterCheckpoint
internal import PrompterCore

extension Backbone {
  /// What is wrong with the weights that were used so far, if some are not finite.
  func weightProblem(in model: PretrainedModel) -> CheckpointError? {
    unusableWeight.map {
      .notFinite(
        tensor: $0.name, place: model.folder.path(percentEncoded: false), index: $0.index,
        found: $0.value)
    }
  }

  /// Checks that all weights that were used so far are finite.
  func checkWeights(of model: PretrainedModel) throws {
    if let problem = weightProblem(in: model) { throw problem }
  }
}
