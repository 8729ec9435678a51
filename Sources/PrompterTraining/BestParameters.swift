// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterCheckpoint
internal import PrompterNN
internal import PrompterTensor

/// The trained parameters at the best evaluation so far.
///
/// They are nowhere twice in memory if the run is saved: until the next step they are the
/// parameters themselves, and by then the state on the disk has them.
enum BestParameters {
  /// The parameters as they are.
  case current
  /// Values from before, in memory or where a file has them.
  case kept([Tensor])

  /// Those that the saved state of a run has, where they lie.
  static func kept(in file: URL, of parameters: [Parameter]) throws -> BestParameters {
    let state = try SafetensorsFile(contentsOf: file)
    return .kept(try parameters.map { try state.sharedTensor("best." + $0.name) })
  }

  /// The same when the parameters are about to change.
  func beforeStep(of parameters: [Parameter]) -> BestParameters {
    guard case .current = self else { return self }
    return .kept(parameters.map { $0.value.copy() })
  }

  /// The value of the parameter of a number.
  func value(_ index: Int, of parameters: [Parameter]) -> Tensor {
    switch self {
    case .current: parameters[index].value
    case .kept(let values): values[index]
    }
  }
}
