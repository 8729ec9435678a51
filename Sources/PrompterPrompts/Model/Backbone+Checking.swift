// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import PrompterCheckpoint
package import PrompterCore
internal import PrompterNN

extension Backbone {
  /// What is wrong with the weights that were used so far, if some are not finite.
  package func weightProblem(in model: PretrainedModel) -> CheckpointError? {
    unusableWeight.map {
      .notFinite(
        tensor: $0.name, place: model.folder.path(percentEncoded: false), index: $0.index,
        found: $0.value)
    }
  }

  /// Checks that all weights that were used so far are finite.
  package func checkWeights(of model: PretrainedModel) throws {
    if let problem = weightProblem(in: model) { throw problem }
  }
}
