// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// The tokens that a folder's files add to a vocabulary, in the order of transformers: those with
/// ids, in the order of these; those with a role; all others that are listed.
extension TokenizerSettings {
  /// A token with a role, where no file says otherwise.
  typealias UsualToken = (role: String, content: String)

  /// Added tokens that are not numbered yet.
  struct Additions {
    var tokens: [AddedToken] = []
    /// Those that no file asks for.
    var unasked: Set<UTF8Key> = []

    /// The tokens with their ids, but for those that no file asks for and the model (or, if its
    /// size is not known, the vocabulary) does not have.
    func numbered(
      pieceCount: Int, limit: Int?, idOfPiece: ([UInt8]) -> Int32?
    ) -> [AddedToken] {
      AddedToken.numbered(tokens, pieceCount: pieceCount, idOfPiece: idOfPiece).filter { token in
        guard Int(token.id) >= limit ?? pieceCount else { return true }
        let isPiece = idOfPiece(Array(token.content.utf8)) != nil
        return isPiece || !unasked.contains(UTF8Key(token.content))
      }
    }
  }

  private static let roles = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
  ]

  /// Whether `tokenizer_config.json` numbers its tokens, so that the older files do not count.
  private var numbersTokens: Bool { json["added_tokens_decoder"].map { !$0.isNull } ?? false }

  private var map: JSON? { numbersTokens ? nil : specialTokensMap }

  /// The content of the token with a role: the usual one where it is left out or null.
  func content(_ role: String, or usual: String) throws -> String {
    try token(role)?.content ?? usual
  }

  /// The token that has a role by the files, `nil` if they name none.
  func token(_ role: String) throws -> AddedToken? {
    if let value = map?[role], !value.isNull {
      return try token(value, specialTokensFile, role, isSpecial: true)
    }
    guard let value = json[role], !value.isNull else { return nil }
    return try token(value, file, role)
  }

  /// All tokens to add.
  ///
  /// - Parameters:
  ///   - usual: The tokens with a role that the class has by itself.
  ///   - sentinels: The sentinels that it has by itself.
  ///   - listed: The tokens of the vocabulary's own file.
  ///   - isKept: Whether the tokenizer has those of its own file already.
  ///   - control: The tokens that stand in for those of `special_tokens_map.json` without a role.
  ///   - stripsMask: Whether a mask that is named by its content alone takes the blanks before it.
  /// - Returns: The tokens in the order in which they are added.
  /// - Throws: A ``TokenizerError`` for a list that is ill-formed.
  func additions(
    usual: [UsualToken], sentinels: [String] = [], listed: [AddedToken] = [], isKept: Bool = false,
    control: [AddedToken]? = nil, stripsMask: Bool = false
  ) throws -> Additions {
    let numbered = try numberedTokens() ?? olderTokens(listed)
    let named = try namedTokens(usual, stripsMask)
    let others = try otherTokens(sentinels, control)
    let names = Set(named.map { UTF8Key($0.content) })
    let known = Set((numbered + (isKept ? listed : [])).map { UTF8Key($0.content) })
    let added = (named + others).filter { !known.contains(UTF8Key($0.content)) }
    let tokens = (numbered + added).map { token in
      var token = token
      if names.contains(UTF8Key(token.content)) { token.isSpecial = true }
      return token
    }
    let asked = try asked(usual, listed)
    let unasked = Set((usual.map(\.content) + sentinels).map(UTF8Key.init)).subtracting(asked)
    return Additions(tokens: tokens, unasked: unasked)
  }

  /// The contents of the tokens that some file names.
  private func asked(_ usual: [UsualToken], _ listed: [AddedToken]) throws -> Set<UTF8Key> {
    let numbered = try numberedTokens() ?? olderTokens(listed)
    let named = try usual.compactMap { try token($0.role) }
    let others = try list(map?["additional_special_tokens"]) + (extraTokens() ?? [])
    return Set((numbered + named + others).map { UTF8Key($0.content) })
  }

  // MARK: With ids

  /// The tokens that `tokenizer_config.json` gives ids to, in the order of these.
  func numberedTokens() throws -> [AddedToken]? {
    guard numbersTokens, let value = json["added_tokens_decoder"] else { return nil }
    let place = "added_tokens_decoder"
    guard case .object(let members) = value else { throw wrong(value, place, "an object") }
    return try members.map { key, value in
      guard let id = Int32(key), id >= 0 else {
        throw wrong(.string(key), place, "ids as names")
      }
      var token = try token(value, file, place)
      guard !token.content.isEmpty else { throw wrong(value, place, "tokens with a content") }
      token.id = id
      return token
    }
    .sorted { $0.id < $1.id }
  }

  /// The tokens of `added_tokens.json` and of the vocabulary's own file.
  private func olderTokens(_ listed: [AddedToken]) throws -> [AddedToken] {
    var byID: [Int32: AddedToken] = [:]
    if let addedTokens {
      guard case .object(let members) = addedTokens else { return listed }
      let special = specialContents()
      for (content, value) in members {
        guard let number = value.integer, let id = Int32(exactly: number), id >= 0 else {
          throw TokenizerError.malformed(
            file: addedTokensFile, place: "\"\(content.unicodeScalars.prefix(40))\"",
            found: value.summary, expected: "an id")
        }
        let isSpecial = special.contains(UTF8Key(content))
        byID[id] = AddedToken(
          content: content, id: id, isNormalized: !isSpecial, isSpecial: isSpecial)
      }
    }
    for token in listed { byID[token.id] = token }
    return byID.values.sorted { $0.id < $1.id }
  }

  /// What transformers takes for special while it reads `added_tokens.json`: of
  /// `tokenizer_config.json` only the tokens that are written as strings.
  private func specialContents() -> Set<UTF8Key> {
    let named = Self.roles.compactMap { role in
      map?[role].flatMap { $0.string ?? $0["content"]?.string } ?? json[role]?.string
    }
    let extra = json["extra_special_tokens"].flatMap { isEmpty($0) ? nil : $0 }
    let listed = (extra ?? json["additional_special_tokens"])?.array?.compactMap(\.string) ?? []
    let more = map?["extra_special_tokens"]?.array?.compactMap {
      $0.string ?? $0["content"]?.string
    }
    return Set((named + listed + (more ?? [])).map(UTF8Key.init))
  }

  // MARK: With a role

  private func namedTokens(_ usual: [UsualToken], _ stripsMask: Bool) throws -> [AddedToken] {
    var tokens: [AddedToken] = []
    for role in Self.roles {
      var token =
        try token(role)
        ?? usual.first { $0.role == role && !isNulled(role) }.map {
          AddedToken(content: $0.content, isSpecial: true)
        }
      if stripsMask, role == "mask_token",
        (map?[role] ?? json[role])?.string != nil || isUsual(role)
      {
        token?.stripsLeft = true
      }
      if let token { tokens.append(token) }
    }
    return (tokens + (try modelTokens())).map { token in
      var token = token
      token.isSpecial = true
      return token
    }
  }

  /// Whether no file says which token has a role.
  private func isUsual(_ role: String) -> Bool { map?[role] == nil && json[role] == nil }

  /// Whether a file takes a role away from the token that usually has it.
  private func isNulled(_ role: String) -> Bool { (map?[role] ?? json[role])?.isNull ?? false }

  /// Tokens with a role that only this model knows, like `image_token`; of equal roles the last.
  private func modelTokens() throws -> [AddedToken] {
    var tokens: [AddedToken] = []
    var places: [UTF8Key: Int] = [:]
    func add(_ role: String, _ token: AddedToken) {
      let role = UTF8Key(role)
      if let place = places[role] {
        tokens[place] = token
      } else {
        places[role] = tokens.count
        tokens.append(token)
      }
    }
    for (source, name) in [(map, specialTokensFile), (json, file)] {
      guard case .object(let members)? = source else { continue }
      for (key, value) in members where isRoleOfModel(key) {
        guard value.string != nil || value["content"] != nil else { continue }
        add(key, try token(value, name, key))
      }
    }
    for (source, name) in [(json, file), (map, specialTokensFile)] {
      guard case .object(let members)? = source?["extra_special_tokens"] else { continue }
      for (key, value) in members { add(key, try token(value, name, key)) }
    }
    return tokens
  }

  private func isRoleOfModel(_ key: String) -> Bool {
    key.utf8.reversed().starts(with: "_token".utf8.reversed())
      && !Self.roles.contains { $0.utf8.elementsEqual(key.utf8) }
  }

  // MARK: Without

  /// The list that `tokenizer_config.json` has under either of two names; `nil` if under none.
  private func extraTokens() throws -> [AddedToken]? {
    var tokens: [AddedToken]?
    if let extra = json["extra_special_tokens"], !isEmpty(extra) {
      if extra.array != nil { tokens = try list(extra) }
    } else if let additional = json["additional_special_tokens"] {
      tokens = try list(additional)
    } else if json["extra_special_tokens"] != nil {
      tokens = []
    }
    if let more = map?["extra_special_tokens"], more.array != nil {
      tokens = (tokens ?? []) + (try list(more, specialTokensFile, isSpecial: true))
    }
    return tokens
  }

  private func isEmpty(_ value: JSON) -> Bool {
    switch value {
    case .array(let values): values.isEmpty
    case .object(let members): members.isEmpty
    default: value.isNull
    }
  }

  /// Listed tokens, or else those of `special_tokens_map.json` with the class's own sentinels.
  private func otherTokens(
    _ sentinels: [String], _ control: [AddedToken]?
  ) throws -> [AddedToken] {
    if let extra = try extraTokens() { return extra }
    var additional: [AddedToken] = []
    if let control {
      additional = control
    } else if let value = map?["additional_special_tokens"] {
      additional = try list(value, specialTokensFile)
    } else if case .object? = json["extra_special_tokens"] {
      additional = try list(json["additional_special_tokens"])
    }
    let hasSentinels = additional.contains { $0.content.utf8.starts(with: "<extra_id_".utf8) }
    guard !hasSentinels else { return additional }
    return additional + sentinels.map { AddedToken(content: $0, isSpecial: true) }
  }

  private func list(
    _ value: JSON?, _ file: String? = nil, isSpecial: Bool? = nil
  ) throws -> [AddedToken] {
    guard let value, !value.isNull else { return [] }
    guard let values = value.array else {
      throw wrong(value, "additional_special_tokens", "a list of tokens")
    }
    return try values.map {
      try token($0, file ?? self.file, "additional_special_tokens", isSpecial: isSpecial)
    }
  }

  /// A token, written as a string or as an object with its content and switches.
  private func token(
    _ value: JSON, _ file: String, _ place: String, isSpecial forced: Bool? = nil
  ) throws -> AddedToken {
    guard let content = value.string ?? value["content"]?.string,
      content.utf8.count <= AddedTokenMatcher.longestToken
    else {
      throw TokenizerError.malformed(
        file: file, place: "\"\(place.unicodeScalars.prefix(40))\"", found: value.summary,
        expected: "a token of at most \(AddedTokenMatcher.longestToken) bytes")
    }
    if value.string != nil { return AddedToken(content: content, isSpecial: true) }
    let isSpecial = forced ?? value["special"]?.bool ?? false
    return AddedToken(
      content: content, isSingleWord: value["single_word"]?.bool ?? false,
      stripsLeft: value["lstrip"]?.bool ?? false, stripsRight: value["rstrip"]?.bool ?? false,
      isNormalized: value["normalized"]?.bool ?? !isSpecial, isSpecial: isSpecial)
  }
}
