// SPDX-License-Identifier: Apache-2.0

public import PrompterCore

/// A family of pretrained models: all that differs between models of different kinds, and that is
/// not computed by a ``Backbone``.
///
/// A family is one folder of this room and one line in ``ModelFamilies/all``.
public protocol ModelFamily: Sendable {
  /// The name, as prompts remember it.
  static var name: String { get }
  /// What `model_type` says in config.json of its models.
  static var modelTypes: [String] { get }
  /// What may stand before the names of a model's tensors in files of models with heads, without
  /// its point; nil if nothing does.
  static var weightScope: String? { get }
  /// The most tokens that texts usually have: the positions of most checkpoints.
  static var usualLength: Int { get }
  /// The classifier that transformers puts on such a model, if heads here can compute the same.
  static var classifier: PublishedClassifier? { get }
  /// The `task_type` of those adapters of PEFT that are taken for this family's: they do not say
  /// which family they are of. Of several families the first in the list has them.
  static var peftTaskType: String? { get }

  /// Reads a model's shape.
  ///
  /// - Parameter source: A source whose `model_type` is one of ``modelTypes``, or says nothing.
  /// - Returns: The shape.
  /// - Throws: ``BackboneError`` if the model is of a variant that is not known here; an error that
  ///   names the place and the key if the source does not decode.
  static func configuration(from source: any ModelSource) throws -> any ModelConfiguration
}

extension ModelFamily {
  /// Nothing.
  public static var weightScope: String? { nil }
  /// 512, as most families have it.
  public static var usualLength: Int { 512 }
  /// None.
  public static var classifier: PublishedClassifier? { nil }
  /// None.
  public static var peftTaskType: String? { nil }
}

/// How transformers and PEFT know a family's classifier over one hidden state.
public struct PublishedClassifier: Sendable, Equatable {
  /// The class of transformers, as `architectures` names it.
  public let className: String
  /// What stands before `.weight` and `.bias` in its files.
  public let scope: String
  /// What it reads.
  public let pooling: Pooling
  /// Whether PEFT's adapters of such models compute what is computed here, as an exchange in both
  /// directions has shown.
  public let isExchangedWithPEFT: Bool

  /// A classifier of a class.
  public init(
    className: String, scope: String, pooling: Pooling, isExchangedWithPEFT: Bool = false
  ) {
    self.className = className
    self.scope = scope
    self.pooling = pooling
    self.isExchangedWithPEFT = isExchangedWithPEFT
  }
}
