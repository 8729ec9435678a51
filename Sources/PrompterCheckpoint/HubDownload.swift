// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterKernels
internal import Synchronization

#if canImport(FoundationNetworking)
internal import FoundationNetworking
#endif

/// Brings what is needed of a model from the hub into the hub's cache.
///
/// One request lists the files with their sizes and checksums; then each that is not there is
/// downloaded, checked and put in place. The reference is written last, so a broken download is not
/// taken for a model.
struct HubDownload {
  struct Listing: Decodable {
    struct File: Decodable {
      struct LargeFile: Decodable {
        let sha256: String
      }

      let rfilename: String
      let size: Int?
      let blobId: String?
      let lfs: LargeFile?
    }

    let sha: String
    let siblings: [File]
  }

  let model: HubModel
  /// The commit that the cache has of the model; the newest is taken if it has none.
  let commit: String?
  /// Whether to wait long for the list of files.
  let isPatient: Bool

  /// Downloads what is missing and gives the commit that is in the cache then.
  func run(progress: (String) -> Void) throws -> String {
    let listing = try listing()
    guard HubModel.isSafe(listing.sha), commit == nil || commit == listing.sha else {
      throw model.failure("the hub's answer is malformed")
    }
    let names = Set(listing.siblings.map(\.rfilename))
    let wanted = listing.siblings.filter { Self.isWanted($0.rfilename, among: names) }
    for file in wanted where !isThere(file, commit: listing.sha) {
      let size = file.size.map { " (\(($0 + 500_000) / 1_000_000) MB)" } ?? ""
      progress("Downloading \(file.rfilename) of \(model.id)\(size).")
      try fetch(file, commit: listing.sha)
    }
    if commit == nil {
      let reference = model.home.appending(path: "refs/main")
      try makeFolder(of: reference)
      try AtomicFile.write(Data(listing.sha.utf8), to: reference)
    }
    model.remember(wanted.map(\.rfilename), of: listing.sha)
    return listing.sha
  }

  /// Whether the snapshot has a file in full; a link to a blob that was never finished has none.
  private func isThere(_ file: Listing.File, commit: String) -> Bool {
    isWhole(model.snapshot(commit).appending(path: file.rfilename), file)
  }

  /// Whether a file is needed to run a model: its configuration, tokenizer and weights, these in
  /// one format.
  static func isWanted(_ name: String, among names: Set<String>) -> Bool {
    let others = [
      "config.json", "modules.json", "sentence_bert_config.json",
      "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
      "vocab.txt", "vocab.json", "merges.txt", "spiece.model", "spm.model",
      "sentencepiece.bpe.model",
      "tokenizer.model", "generation_config.json",
    ]
    if others.contains(name) || isModule(name) { return true }
    guard let format = WeightFormat.preferred(where: names.contains) else { return false }
    if names.contains(format.wholeName) { return name == format.wholeName }
    return name == format.indexName || format.isShard(name)
  }

  /// Whether a file is the configuration of one of sentence-transformers' modules, each of which
  /// has a folder: `1_Pooling/config.json`.
  private static func isModule(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 2 && parts[1] == "config.json"
      && (parts[0].first?.isNumber == true || parts[0].hasSuffix("ooling"))
  }

  private func listing() throws -> Listing {
    let file = try get(
      "/api/models/\(model.id)/revision/\(commit ?? "main")?blobs=true",
      seconds: isPatient ? nil : 10)
    defer { try? FileManager.default.removeItem(at: file) }
    return try decodeJSON(Listing.self, from: file)
  }

  private func fetch(_ file: Listing.File, commit: String) throws {
    let parts = file.rfilename.split(separator: "/", omittingEmptySubsequences: false)
    guard let etag = file.lfs?.sha256 ?? file.blobId, HubModel.isSafe(etag),
      parts.allSatisfy({ HubModel.isSafe($0) })
    else { throw model.failure("the hub lists \(file.rfilename) without a usable checksum") }
    let blob = model.home.appending(path: "blobs").appending(path: etag)
    try makeFolder(of: blob)
    if !isWhole(blob, file) {
      let temporary = try get("/\(model.id)/resolve/\(commit)/\(file.rfilename)")
      defer { try? FileManager.default.removeItem(at: temporary) }
      try check(temporary, against: file)
      // The temporary folder may be on another disk, where a move is a copy; the last step into
      // the cache is a rename.
      let partial = blob.appendingPathExtension("\(UUID().uuidString).incomplete")
      try FileManager.default.moveItem(at: temporary, to: partial)
      if !isWhole(blob, file) { try? FileManager.default.removeItem(at: blob) }
      try? FileManager.default.moveItem(at: partial, to: blob)
      try? FileManager.default.removeItem(at: partial)
    }
    let link = parts.reduce(model.snapshot(commit)) { $0.appending(path: String($1)) }
    try makeFolder(of: link)
    try? FileManager.default.removeItem(at: link)
    let up = Array(repeating: "..", count: parts.count + 1).joined(separator: "/")
    try FileManager.default.createSymbolicLink(
      atPath: link.path(percentEncoded: false), withDestinationPath: "\(up)/blobs/\(etag)")
  }

  private func isWhole(_ blob: URL, _ file: Listing.File) -> Bool {
    guard let mapping = try? MappedFile(path: blob.path(percentEncoded: false)) else {
      return false
    }
    return file.size.map { $0 == mapping.count } ?? true
  }

  private func check(_ file: URL, against listed: Listing.File) throws {
    let mapping = try MappedFile(path: file.path(percentEncoded: false))
    if let size = listed.size, mapping.count != size {
      throw model.failure(
        "\(listed.rfilename) came with \(mapping.count) bytes and should have \(size)")
    }
    guard let expected = listed.lfs?.sha256 else { return }
    let found = try sha256(of: file)
    guard found == expected.lowercased() else {
      throw model.failure("the SHA-256 of \(listed.rfilename) is \(found), not \(expected)")
    }
  }

  private func makeFolder(of file: URL) throws {
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
  }

  /// Downloads into a temporary file.
  private func get(_ path: String, seconds: TimeInterval? = nil) throws -> URL {
    let address = model.surroundings.hubEndpoint + path
    guard let url = URL(string: address) else { throw model.failure("\(address) is no address") }
    var request = URLRequest(url: url)
    if let seconds { request.timeoutInterval = seconds }
    let answer = Mutex<Result<URL, CheckpointError>?>(nil)
    let done = DispatchSemaphore(value: 0)
    let model = model
    URLSession.shared.downloadTask(with: request) { file, response, error in
      let result = Result { () throws(CheckpointError) in
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard let file, status == 200 else {
          throw model.failure(
            "\(address) gave \(error?.localizedDescription ?? "the status \(status)")")
        }
        // The session removes its file as soon as this closure returns.
        let kept = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        do {
          try FileManager.default.moveItem(at: file, to: kept)
        } catch {
          throw model.failure("the download cannot be kept: \(error.localizedDescription)")
        }
        return kept
      }
      answer.withLock { $0 = result }
      done.signal()
    }.resume()
    done.wait()
    guard let result = answer.withLock({ $0 }) else { throw model.failure("no answer came") }
    return try result.get()
  }
}
