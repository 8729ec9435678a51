// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterCheckpoint
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

/// The name of the file in a prompt's folder that a killed run is resumed from.
let trainingStateName = "training_state.safetensors"

/// Saves a session's state often enough that little is lost and seldom enough that little time is.
///
/// Everything is in one file, numbers in its metadata, so that replacing it is atomic.
final class StateSaver {
  private let session: TrainingSession
  private var stopwatch = Stopwatch()
  private var sinceSave = 0.0
  private var cost = 0.0

  init(session: TrainingSession) {
    self.session = session
  }

  // Saves if asked to or if some time has passed: ten seconds, or fifty times what saving takes.
  func save(now: Bool) throws -> Bool {
    sinceSave += stopwatch.lap()
    guard let folder = session.folder, now || sinceSave > max(10, 50 * cost) else { return false }
    try session.saveState(to: folder)
    cost = stopwatch.lap()
    sinceSave = 0
    return true
  }
}

extension TrainingSession {
  /// Writes everything that the run needs to go on.
  func saveState(to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var tensors = optimizer.state
    for (index, parameter) in optimizer.parameters.enumerated() {
      tensors["parameter." + parameter.name] = parameter.value
      tensors["best." + parameter.name] = best?.value(index, of: optimizer.parameters)
    }
    let file = folder.appending(component: trainingStateName)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try SafetensorsFile.write(
      tensors,
      metadata: [
        "progress": String(decoding: encoder.encode(progress), as: UTF8.self),
        "settings": String(decoding: encoder.encode(settings()), as: UTF8.self),
      ], to: file)
    if best != nil { best = try .kept(in: file, of: optimizer.parameters) }
  }

  /// Goes on from the state in the folder, if there is one.
  func resume() throws {
    guard let file = folder?.appending(component: trainingStateName),
      FileManager.default.fileExists(atPath: file.path(percentEncoded: false))
    else { return }
    let state = try SafetensorsFile(contentsOf: file)
    let path = file.path(percentEncoded: false)
    func unusable(_ problem: String) -> TrainingError {
      .unusableState(file: path, problem: problem)
    }
    let decoder = JSONDecoder()
    guard let progressText = state.metadata["progress"],
      let settingsText = state.metadata["settings"],
      let saved = try? decoder.decode(TrainingProgress.self, from: Data(progressText.utf8)),
      let savedSettings = try? decoder.decode([String: String].self, from: Data(settingsText.utf8))
    else { throw unusable("it does not say how far the run had come") }
    try compare(savedSettings, file: path)
    let tensors = Dictionary(
      uniqueKeysWithValues: try state.names.map { ($0, try state.sharedTensor($0)) })
    guard (0...stepCount).contains(saved.step) else {
      throw unusable("it is at step \(saved.step) of \(stepCount)")
    }
    let savedBest = named("best.", tensors)
    guard savedBest != nil || saved.best == nil else {
      throw unusable("its best parameters are missing or have another size")
    }
    guard let parameters = named("parameter.", tensors),
      optimizer.restore(tensors, step: saved.step)
    else { throw unusable("a parameter or moment is missing or has another size") }
    for (parameter, value) in zip(optimizer.parameters, parameters) {
      parameter.value.buffer.update(from: value.buffer)
    }
    best = savedBest.map(BestParameters.kept)
    progress = saved.resumed()
  }

  // The tensors of all parameters under a prefix, if they are all there in the right size.
  private func named(_ prefix: String, _ tensors: [String: Tensor]) -> [Tensor]? {
    var found: [Tensor] = []
    for parameter in optimizer.parameters {
      guard let tensor = tensors[prefix + parameter.name],
        tensor.shape.count == parameter.value.shape.count
      else { return nil }
      found.append(tensor)
    }
    return found
  }

  private func compare(_ saved: [String: String], file: String) throws {
    let now = settings()
    for key in Set(saved.keys).union(now.keys).sorted() where saved[key] != now[key] {
      throw TrainingError.stateOfAnotherRun(
        file: file,
        difference: "its \(key) is \(saved[key] ?? "unknown"), now it is \(now[key] ?? "unknown")")
    }
  }

  // All that decides the result, in words.
  private func settings() -> [String: String] {
    let plan = trainer.plan
    let settings = [
      "method": trainer.method.name.rawValue,
      "trained parameters": "\(trainableParameters)",
      "backbone": identity.sha256 ?? identity.name,
      "duration": "\(plan.duration)", "batch size": "\(plan.batchSize)",
      "optimizer": "\(plan.optimizer)",
      "learning rate": "\(plan.learningRate)", "schedule": plan.schedule.rawValue,
      "warm-up": "\(plan.warmup)", "weight decay": "\(plan.weightDecay)",
      "z-loss": "\(plan.zLoss)",
      "gradient norm": plan.gradientNormLimit.map { "\($0)" } ?? "unlimited",
      "gradient accumulation": "\(plan.gradientAccumulation)",
      "evaluation": "\(plan.evaluation)", "patience": plan.patience.map { "\($0)" } ?? "none",
      "maximum length": "\(plan.maximumLength)", "backbone dropout": "\(plan.backboneDropout)",
      "order of examples": plan.isShuffled ? "shuffled" : "the file's", "seed": "\(plan.seed)",
      "number of threads": "\(plan.threads)", "precision": trainer.precision.rawValue,
      "method's options": trainer.method.options,
    ]
    return settings.merging(objective.settings) { $1 }
  }
}
