// SPDX-License-Identifier: Apache-2.0

/// The families that are known here.
public enum ModelFamilies {
  /// A line for each family; a model that does not say which it is of counts as one of the first.
  ///
  /// Bound to the running Swift task, so that a test may add a family for itself alone.
  @TaskLocal public static var all: [any ModelFamily.Type] = [
    BERTFamily.self,
    T5Family.self,
    RoBERTaFamily.self,
    DistilBERTFamily.self,
    ELECTRAFamily.self,
    MPNetFamily.self,
    ALBERTFamily.self,
    ModernBERTFamily.self,
    DeBERTaV2Family.self,
  ]

  /// The family of a name, as prompts remember it.
  public static func named(_ name: String) -> (any ModelFamily.Type)? {
    all.first { $0.name == name }
  }

  /// Reads a model's shape, whichever family it is of.
  ///
  /// - Parameter source: A Hugging Face model folder, or what says the same.
  /// - Returns: The shape.
  /// - Throws: ``BackboneError`` if the family or variant is not known here; an error that names
  ///   the place and the key if the source does not decode.
  public static func configuration(
    from source: any ModelSource
  ) throws -> any ModelConfiguration {
    struct Kind: Decodable {
      var model_type: String?
      var architectures: [String]?
    }
    let kind = try source.configuration(as: Kind.self)
    let known = all.flatMap { $0.modelTypes }.sorted()
    // Folders of before there were several families need not say which they are of.
    let type =
      kind.model_type ?? kind.architectures?.first.map { modelType(ofClass: $0, among: known) }
      ?? all.first?.modelTypes.first ?? ""
    guard let family = all.first(where: { $0.modelTypes.contains(type) }) else {
      throw BackboneError.unusable(
        key: "model_type", found: "`\(type)`",
        expected: known.map { "`\($0)`" }.joined(separator: " or "),
        file: source.place(of: .configuration))
    }
    return try family.configuration(from: source)
  }

  // The type of a class of transformers, as in `T5ForConditionalGeneration`.
  private static func modelType(ofClass name: String, among known: [String]) -> String {
    let name = name.lowercased()
    return known.sorted { $0.count > $1.count }
      .first { name.hasPrefix($0.filter { $0 != "-" }) } ?? name
  }
}
