// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON
internal import PrompterTokenizer
internal import Synchronization

/// The tokens of the text that was read last, so that a text about which many tasks are asked one
/// after another is tokenized once.
///
/// It belongs to readers of one tokenizer.
public final class TextMemo: Sendable {
  struct Key: Equatable, Sendable {
    let text: UTF8Key
    let pair: UTF8Key?
    let maximumLength: Int

    // Byte by byte: texts that are canonically equivalent may have other tokens.
    init(text: String, pair: String?, maximumLength: Int) {
      self.text = UTF8Key(text)
      self.pair = pair.map(UTF8Key.init)
      self.maximumLength = maximumLength
    }
  }

  private let last = Mutex<(key: Key, encoding: Encoding)?>(nil)

  /// A memo of nothing.
  public init() {}

  /// The tokens of the text of a key, made anew if it is not the one of the last.
  func encoding(of key: Key, _ make: () -> Encoding) -> Encoding {
    last.withLock { last in
      if let last, last.key == key { return last.encoding }
      let encoding = make()
      last = (key, encoding)
      return encoding
    }
  }
}
