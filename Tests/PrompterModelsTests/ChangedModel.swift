// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterTensor
import Testing

/// A copy of a model's folder with its weights and configuration changed, for as long as `body`
/// runs.
func withChangedModel<Result>(
  _ source: URL, weights change: (inout [String: Tensor]) -> Void = { _ in },
  configuration: (inout [String: Any]) -> Void = { _ in }, _ body: (URL) throws -> Result
) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "changed-\(UUID())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }

  let file = try SafetensorsFile(contentsOf: source.appending(path: "model.safetensors"))
  var tensors: [String: Tensor] = [:]
  for name in file.names { tensors[name] = try file.tensor(name) }
  change(&tensors)
  try SafetensorsFile.write(
    tensors, metadata: [:], to: folder.appending(path: "model.safetensors"))

  let config = try Data(contentsOf: source.appending(path: "config.json"))
  var keys = try #require(try JSONSerialization.jsonObject(with: config) as? [String: Any])
  configuration(&keys)
  try JSONSerialization.data(withJSONObject: keys)
    .write(to: folder.appending(path: "config.json"))
  return try body(folder)
}
