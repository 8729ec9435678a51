// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels

/// What can be wrong with a data file, each told in one sentence.
public enum DataError: Error, Equatable {
  /// There is no file at the path.
  case fileNotFound(file: String)
  /// The file is there, but its bytes cannot be had.
  case unreadable(file: String, reason: String)
  /// The file name ends in something that no reader is known for.
  case unsupportedFormat(file: String, fileExtension: String)
  /// The file is another one than it was taken for.
  case misread(file: String, FileFault)
  /// The file is empty, or has a header and nothing else.
  case noExamples(file: String)
  /// No column can serve as a field that is needed.
  case missingColumn(file: String, field: String, expected: [String], found: [String])
  /// A row has more or fewer columns than the header.
  case wrongColumnCount(file: String, line: Int, found: Int, expected: Int)
  /// A quoted CSV field does not end, or goes on after its closing quote.
  case malformedQuotes(file: String, line: Int, reason: String)
  /// A line, or an element of an array, is not a JSON object.
  case invalidJSON(file: String, line: Int, reason: String)
  /// An object lacks a field that the others have.
  case missingField(file: String, line: Int, field: String)
  /// A field holds a value of another type than it should.
  case wrongType(file: String, line: Int, field: String, expected: String)
  /// A line of a TREC file does not start with `COARSE:fine`.
  case malformedQuestion(file: String, line: Int)
  /// An example has no label where one is required.
  case missingLabel(file: String, line: Int)
  /// There is nothing to tell apart.
  case tooFewLabels(file: String, labels: [String])
  /// A task is of a kind that is not known.
  case unknownKind(name: String, known: [String])
  /// Examples were read for a task of another kind.
  case otherExamples(file: String, kind: String)
  /// A label is not one of the task's.
  case unknownLabel(file: String?, line: Int?, label: String, known: [String])
  /// What a nested file says of an example does not fit together.
  case malformedExample(file: String, line: Int, reason: String)
  /// A model cannot read an example, or cannot answer it.
  case unusableExample(file: String, place: String, reason: String)
  /// Words cannot stand for a task's labels.
  case unusableVerbalizer(reason: String)
  /// A template is no template.
  case malformedTemplate(template: String, reason: String)
  /// A column that is needed stands twice in a header.
  case duplicateColumn(file: String, column: String)
  /// A label space was given the same label twice.
  case duplicateLabel(label: String)
}

extension DataError {
  /// The error of a file that the system does not read.
  public init(_ error: FileError, file: String) {
    self =
      error.isMissing
      ? .fileNotFound(file: file) : .unreadable(file: file, reason: error.reason)
  }

  /// Whether the file itself is missing or unreadable, rather than wrong in what it says.
  public var isMissingInput: Bool {
    switch self {
    case .fileNotFound, .unreadable: true
    default: false
    }
  }
}

extension DataError: CustomStringConvertible {
  /// The error as one sentence: the file, the place, what was found and what was expected.
  public var description: String {
    switch self {
    case .fileNotFound(let file):
      "\(file): no such file."
    case .unreadable(let file, let reason):
      "\(file) cannot be read: \(reason)."
    case .unsupportedFormat(let file, let found):
      "\(file) ends in \"\(found)\"; data files end in \(DataFormat.extensionList)."
    case .misread(let file, let fault):
      "\(file)\(fault.ending)."
    case .noExamples(let file):
      "\(file) holds no examples."
    case .tooFewLabels(let file, let labels):
      labels.isEmpty
        ? "\(file) holds no labels; at least two are needed."
        : "\(file): all examples have the label `\(labels[0])`; at least two labels are needed."
    case .otherExamples(let file, let kind):
      "\(file) was read for a task of another kind than \(kind)."
    case .unknownKind(let name, let known):
      "The kind of task \(Self.quoted(name)) is not known; known are \(Self.listed(known))."
    case .missingColumn(let file, let field, let expected, let found):
      "\(file) has no column for the \(field) (\(Self.alternatives(expected))); "
        + "its columns are \(Self.listed(found))."
    case .unknownLabel(let file, let line, let label, let known):
      Self.unknownLabelSentence(place: Self.place(file, line), label: label, known: known)
    case .duplicateColumn(let file, let column):
      "\(file) has several columns \(Self.quoted(column)); a header names each once."
    case .duplicateLabel(let label):
      "The label \(Self.quoted(label)) is given twice."
    case .wrongColumnCount(let file, let line, let found, let expected):
      "\(file), line \(line) has \(Self.count(found, "column")); the header has \(expected)."
    case .malformedQuotes(let file, let line, let reason):
      "\(file), line \(line): \(reason)."
    case .invalidJSON(let file, let line, let reason):
      "\(file), line \(line) is not a JSON object: \(reason)."
    case .missingField(let file, let line, let field):
      "\(file), line \(line) has no field \(Self.quoted(field))."
    case .wrongType(let file, let line, let field, let expected):
      "\(file), line \(line): the field \(Self.quoted(field)) should be \(expected)."
    case .malformedQuestion(let file, let line):
      "\(file), line \(line) should read \"COARSE:fine question\", as TREC's files do."
    case .malformedExample(let file, let line, let reason):
      "\(file), line \(line): \(reason)."
    case .unusableExample(let file, let place, let reason):
      "\(file), \(place): \(reason)."
    case .unusableVerbalizer(let reason):
      "The labels' words cannot be asked for: \(reason)."
    case .malformedTemplate(let template, let reason):
      "The template \(Self.quoted(template)) cannot be read: \(reason)."
    case .missingLabel(let file, let line):
      "\(file), line \(line) has no label, and one is needed here."
    }
  }
}

extension DataError {
  /// The same error, or what a table may be without a header, none of whose columns is known.
  ///
  /// - Parameters:
  ///   - rows: The table.
  ///   - isKnown: Whether a column may be one of those that are looked for.
  /// - Returns: The error to throw.
  func ofTable(_ rows: some TableRows, isKnown: (String) -> Bool) -> DataError {
    rows.hasHeader ? ofHeader(isKnown: isKnown) : self
  }

  /// The same error, or what a table may be whose first row has none of the columns that are known.
  package func ofHeader(isKnown: (String) -> Bool) -> DataError {
    guard case .missingColumn(let file, let field, let expected, let found) = self,
      !found.contains(where: isKnown)
    else { return self }
    return .misread(file: file, .missingHeader(field: field, expected: expected, found: found))
  }

  private static func place(_ file: String?, _ line: Int?) -> String {
    switch (file, line) {
    case (let file?, let line?): "\(file), line \(line): "
    case (let file?, nil): "\(file): "
    default: ""
    }
  }

  private static func unknownLabelSentence(
    place: String, label: String, known: [String]
  ) -> String {
    let start = place.isEmpty ? "The label" : "\(place)the label"
    let guess = closestMatch(to: label, among: known).map { " (did you mean \(quoted($0))?)" }
    return "\(start) \(quoted(label)) is not one of the task's: \(listed(known))\(guess ?? "")."
  }

  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  static func alternatives(_ names: [String]) -> String {
    names.map(quoted).joined(separator: " or ")
  }

  /// The first names, quoted, as many as a sentence has room for: a file without a header may have
  /// a whole text as a name.
  static func listed(_ names: [String]) -> String {
    var shown: [String] = []
    var room = 240
    for name in names.prefix(12) {
      let next = quoted(name)
      room -= next.utf8.count + 2
      guard room >= 0 || shown.isEmpty else { break }
      shown.append(next)
    }
    let more = names.count - shown.count
    return shown.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }

  // By scalars: one character may have as many marks as the file has bytes.
  static func quoted(_ name: String) -> String {
    var shown = String.UnicodeScalarView()
    for scalar in name.unicodeScalars.prefix(60) {
      let isBreak =
        scalar.properties.generalCategory == .control || "\u{2028}"..."\u{2029}" ~= scalar
      shown.append(isBreak ? " " : scalar)
    }
    return "\"\(shown)\(name.unicodeScalars.dropFirst(60).isEmpty ? "" : "…")\""
  }
}
