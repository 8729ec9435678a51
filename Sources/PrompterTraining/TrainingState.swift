// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterCheckpoint
internal import PrompterKernels
internal import PrompterMethods
internal import PrompterNN
internal import PrompterPrompts
internal import PrompterTensor

/// Saves a session's state often enough that little is lost and seldom enough that little time is.
///
/// Everything is in one file, numbers in its metadata, so that replacing it is atomic.
final class StateSaver {
  private let session: TrainingSession
  private var stopwatch = Stopwatch()
  private var sinceSave = 0.0
  private var cost = 0.0
  private var hasOnlyBegun = false

  /// Says in the folder that a run begins there, if it does: whatever ends the run, what is in the
  /// folder from before is not taken for its result.
  init(session: TrainingSession) throws {
    self.session = session
    guard let folder = session.folder, session.progress.step == 0 else { return }
    hasOnlyBegun = !folder.holdsFile(trainingStateName)
    try session.saveState(to: folder, .begun)
  }

  // Saves if asked to or if some time has passed: ten seconds, or fifty times what saving takes.
  func save(now: Bool) throws -> Bool {
    sinceSave += stopwatch.lap()
    guard let folder = session.folder, now || sinceSave > max(10, 50 * cost) else { return false }
    try session.saveState(to: folder, .going)
    hasOnlyBegun = false
    cost = stopwatch.lap()
    sinceSave = 0
    return true
  }

  // A run that failed before anything was saved leaves the folder as it was.
  func giveUp() {
    guard hasOnlyBegun, let folder = session.folder else { return }
    try? FileManager.default.removeItem(at: folder.appending(component: trainingStateName))
  }
}

/// Where a run ended because a number was not finite.
struct Divergence: Codable, Equatable {
  var what: String
  var step: Int
  var epoch: Int
  var rate: Double
}

extension TrainingSession {
  /// What a state is for.
  enum StateKind {
    /// To say that a run has begun.
    case begun
    /// To go on from.
    case going
    /// To say why there is no going on; the best parameters are kept.
    case diverged(Divergence)
  }

  /// Writes what the run needs to go on, or what a later one needs to know of it.
  func saveState(to folder: URL, _ kind: StateKind) throws {
    let file = folder.appending(component: trainingStateName)
    do {
      try makeFolders(folder.path(percentEncoded: false))
    } catch {
      throw CheckpointError.file(error)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    func json(_ value: some Encodable) throws -> String {
      String(decoding: try encoder.encode(value), as: UTF8.self)
    }
    var metadata = ["progress": try json(progress), "settings": try json(settings)]
    if case .diverged(let divergence) = kind { metadata["diverged"] = try json(divergence) }
    try SafetensorsFile.write(tensors(for: kind), metadata: metadata, to: file)
    if best != nil { best = try .kept(in: file, of: optimizer.parameters) }
  }

  private func tensors(for kind: StateKind) -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for (index, parameter) in optimizer.parameters.enumerated() {
      tensors["best." + parameter.name] = best?.value(index, of: optimizer.parameters)
    }
    guard case .going = kind else { return tensors }
    for parameter in optimizer.parameters {
      tensors["parameter." + parameter.name] = parameter.value
    }
    return tensors.merging(optimizer.state) { $1 }
  }

  /// Keeps what is worth keeping of a run that came to a number that is not finite.
  func diverge(_ error: any Error, _ report: (TrainingEvent) -> Void) {
    guard case TrainingError.notFinite(let what, let step, let epoch, let rate) = error else {
      return
    }
    if let folder {
      let divergence = Divergence(what: what, step: step, epoch: epoch, rate: rate)
      // If it cannot be saved, the error that is told is still the first one.
      try? saveState(to: folder, .diverged(divergence))
    }
    report(.diverged(best: best == nil ? nil : finish(unfinished: unfinished(.diverged))))
  }

  /// What the options of the method are of which a folder has the state, if it has one that tells.
  static func methodWords(in folder: URL) throws -> String? {
    let file = folder.appending(component: trainingStateName)
    guard folder.holdsFile(trainingStateName) else { return nil }
    let settings = try SafetensorsFile(contentsOf: file).metadata["settings"]
    let words = settings.flatMap {
      try? JSONDecoder().decode([String: String].self, from: Data($0.utf8))
    }
    return words?[PromptCard.methodOptions]
  }

  /// Goes on from the state in the folder, if there is one.
  func resume(_ report: (TrainingEvent) -> Void) throws {
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
    if let difference = firstDifference(
      savedSettings.merging(PromptCard.settingsOfOldStates) { saved, _ in saved }, settings,
      optional: PromptCard.settingsNotInOldStates)
    {
      throw TrainingError.stateOfAnotherRun(file: path, difference: difference)
    }
    guard (0...stepCount).contains(saved.step) else {
      throw unusable("it is at step \(saved.step) of \(stepCount)")
    }
    let tensors = Dictionary(
      uniqueKeysWithValues: try state.names.map { ($0, try state.sharedTensor($0)) })
    let savedBest = named("best.", tensors)
    guard savedBest != nil || saved.best == nil else {
      throw unusable("its best parameters are missing or have another size")
    }
    if let text = state.metadata["diverged"] {
      guard let divergence = try? decoder.decode(Divergence.self, from: Data(text.utf8)) else {
        throw unusable("it does not say where the run diverged")
      }
      (best, progress) = (savedBest.map(BestParameters.kept), saved)
      report(.diverged(best: best == nil ? nil : finish(unfinished: unfinished(.diverged))))
      throw TrainingError.diverged(
        file: path, what: divergence.what, step: divergence.step, rate: divergence.rate)
    }
    // A run that had only begun.
    if saved.step == 0, tensors.isEmpty { return }
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
}
