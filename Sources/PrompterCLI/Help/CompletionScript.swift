// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a shell reads to complete command lines: the argument parser's script, and what it leaves
/// out.
///
/// It completes the value of `--option VALUE`; so do these of `--option=VALUE` and of
/// `--prompt NAME=DIR`. Where it has nothing to offer, bash offers files, as without a script.
enum CompletionScript {
  /// The shell that a command line asks a script for.
  static func shell(in arguments: [String]) -> String? {
    let option = "--generate-completion-script"
    guard let first = arguments.first, first.hasPrefix(option) else { return nil }
    if first.hasPrefix(option + "=") { return String(first.dropFirst(option.count + 1)) }
    guard first == option else { return nil }
    return arguments.dropFirst().first
      ?? ProcessInfo.processInfo.environment["SHELL"].map { URL(filePath: $0).lastPathComponent }
  }

  /// The whole script for a shell.
  ///
  /// - Parameters:
  ///   - script: The argument parser's.
  ///   - shell: bash, zsh or fish.
  /// - Returns: A script in place of the parser's.
  static func completed(_ script: String, for shell: String) -> String {
    switch shell {
    case "bash": script + "\n\n" + bashWrapper
    case "zsh": withEqualsForZsh(script)
    case "fish": script + "\n\n" + fishFolders
    default: script
    }
  }

  // bash parts words at the equals sign; the parser's function sees them put together, a name
  // before a folder left out.
  private static let bashWrapper = """
    _prompter_at_equals_signs() {
        local -a words=()
        local -i index current=0 last
        for ((index = 0; index < ${#COMP_WORDS[@]}; index++)); do
            if [[ "${COMP_WORDS[index]}" = '=' && ${#words[@]} -gt 1 ]]; then
                last=$((${#words[@]} - 1))
                [[ "${words[last]}" = --* ]] || unset 'words[last]'
                if ((index == COMP_CWORD)); then
                    current=${#words[@]}
                    words+=('')
                fi
                continue
            fi
            ((index == COMP_CWORD)) && current=${#words[@]}
            words+=("${COMP_WORDS[index]}")
        done
        local -a COMP_WORDS=("${words[@]}")
        local -i COMP_CWORD=current
        _prompter "${1}" "${words[current]}" "${words[current - 1]}"
    }

    complete -o bashdefault -o default -o filenames -F _prompter_at_equals_signs prompter
    """

  // The parser's own looks for folders that begin with the whole word, `--model=` included.
  private static let fishFolders = """
    function __prompter_complete_directories
        set -l word (string replace -r -- '^--[^=]*=' '' (commandline -t))
        set -l name (string match -r -- '^[^=/]*=' $word)
        for folder in (__fish_complete_directories (string replace -- "$name" '' $word) '')
            printf '%s%s\\n' "$name" $folder
        end
    end
    """

  // `--model=[...]:` takes both forms, where `--model[...]:` takes its value from the next word.
  private static func withEqualsForZsh(_ script: String) -> String {
    script.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let text = line.drop { $0 == " " }
      guard text.hasPrefix("'--") || text.hasPrefix("'*--"), let bracket = line.firstIndex(of: "["),
        let end = line.range(of: "]:", options: .backwards)
      else { return String(line) }
      var line = line
      if line[end.upperBound...].hasPrefix("name=dir:_files") {
        let files = line.range(of: "_files", options: .backwards)
        files.map { line.replaceSubrange($0, with: "{compset -P \"*=\"; _files") }
        if line.hasSuffix("'") {
          line.replaceSubrange(line.index(before: line.endIndex)..., with: "}'")
        }
      }
      line.insert("=", at: bracket)
      return String(line)
    }.joined(separator: "\n")
  }
}
