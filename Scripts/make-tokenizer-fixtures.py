#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes Tests/Fixtures/tokenizer: small WordPiece tokenizers, and what Hugging Face makes of
many texts with them.

    python3 Scripts/make-tokenizer-fixtures.py        # needs: pip install tokenizers==0.23.3

Every text is made here from a fixed seed, and a second run writes the same bytes.
  lines.jsonl     ["text", "ids", checksum of words and offsets] for tokenizer.json
  variants.jsonl  one object a line for the other tokenizers, pairs and truncation, all in full
"""
import collections
import json
import pathlib
import random

from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "tokenizer"
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
random_source = random.Random(20260)

ENGLISH = """the a of and to in is it that was for on are as with his they at be this have from or one
had by word but not what all were we when your can said there use an each which she do how their if
will up other about out many then them these so some her would make like him into time has look two
more write go see number no way could people my than first water been call who oil its now find long
down day did get come made may part over new sound take only little work know place year live me
back give most very after thing our just name good sentence man think say great where help through
much before line right too mean old any same tell boy follow came want show also around form three
small set put end does another well large must big even such because turn here why ask went men read
need land different home us move try kind hand picture again change off play spell air away animal
house point page letter mother answer found study still learn should America world""".split()

# A few short words of each script, enough for every rule the normaliser has.
SCRIPTS = {
    "accents": "café naïve Ångström façade jalapeño Żółć Dvořák über Ægir œuvre ñandú È́ Ệ ǖ ǅ ŉ".split(),
    "marks": ["e\u0301", "a\u0323\u0302", "o\u0302\u0323", "n\u0303o", "u\u0308\u0304", "q\u0307\u0323",
              "\u0301x", "\u1eadn", "\u0344", "s\u0323\u0307\u0301", "\u212b", "\u2126", "\u1e9b\u0323"],
    "greek": "ΟΔΥΣΣΕΥΣ σίγμα Ἀθῆναι ᾳ ᾼ Ϊ ΐ Ὀδυσσεύς".split(),
    "cyrillic": "Москва ёлка Йод Їжак Ґанок Ѐ былъ Ѿ".split(),
    "turkish": "İstanbul ISPARTA ılık Iğdır i̇ DİYARBAKIR".split(),
    "german": "Straße STRASSE ẞ groß Fußgänger ÄÖÜ".split(),
    "arabic": "السلام عليكم مُحَمَّد ﷺ كِتَابٌ ٣٤٥ ؟ آ أ ؤ إ".split(),
    "hebrew": "שָׁלוֹם עִבְרִית יִשְׂרָאֵל־ ״צה״ל״ שׁ".split(),
    "indic": "नमस्ते क़लम हिन्दी। বাংলা ড় தமிழ் ಕನ್ನಡ ொ ක්‍ෂ".split(),
    "thai": "สวัสดี ภาษาไทย น้ำ ลาว ພາສາ".split(),
    "chinese": "中文 漢字。 你好，世界！ 豈 㐀 𠀀 𪜀 丽 ㍿ 〇".split(),
    "japanese": "ひらがな カタカナ ガギグ がぎぐ ﾊﾝｶｸ ー 日本語 「東京」 ゞ".split(),
    "korean": ["한국어", "안녕하세요", "뷁", "각", "가", "힣", "\u1112\u1161\u11ab", "ㅎㅏㄴ"],
    "emoji": ["😀", "👩‍👩‍👧‍👦", "👍🏽", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️", "☺", "1️⃣", "🫠", "🪿"],
    "signs": "€ £ ¥ © ™ ½ ² № ∑ ≠ ≯ → « » “ ” ‘ ’ … – — ・ ※ § ¿ ¡ ⁂ ‽ ⟨ ⟩ ⸺ ⹃ ᙭ ᢅ ꦽ".split(),
    "ascii": list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") + ["...", "--", "==", "$5.00", "a_b", "x+y=z"],
    "hidden": ["\0", "\x01", "\x07", "\x08", "\x0b", "\x0c", "\x1b", "\x1f", "\x7f", "\x80", "\x85",
               "\x9f", "\xad", "\u200b", "\u200c", "\u200d", "\u200e", "\u202e", "\u2060", "\ufeff",
               "\ufffd", "\ue000", "\uf8ff", "\U000f0000", "\U0010fffd", "\u0600", "\u08e2", "\u180e",
               "\ufff9", "\U000e0001", "\ufffe", "\U0001ffff", "\u0378", "\U00013430"],
    "spaces": ["\t", "\n", "\r", "\r\n", "\u00a0", "\u1680", "\u2000", "\u2003", "\u2009", "\u2028",
               "\u2029", "\u202f", "\u205f", "\u3000", "  ", "   "],
    "specials": SPECIALS + ["[mask]", "[ MASK ]", "[MASK", "[[SEP]]", "[CLS][SEP]", "[UNK]s"],
}


def invented_word():
    """A word of one to four syllables, so that pieces are worth learning."""
    starts = "b br c ch cl d dr f fl g gr h j k l m n p pl pr qu r s sh sl st str t th tr v w".split()
    middles = "a e i o u ai ea ee oo ou".split()
    ends = "b ck d g l ll m n nd ng nt r rd rn s sh ss st t th x ".split(" ")
    syllables = random_source.choices([1, 2, 3, 4], [4, 5, 3, 1])[0]
    pick = random_source.choice
    return "".join(pick(starts) + pick(middles) + pick(ends) for _ in range(syllables))


LEXICON = ENGLISH + [invented_word() for _ in range(4000)]
WEIGHTS = [1 / (rank + 8) for rank in range(len(LEXICON))]


def sentence(length):
    words = random_source.choices(LEXICON, WEIGHTS, k=length)
    for index in range(len(words)):
        if random_source.random() < 0.15:
            words[index] = random_source.choice([str.capitalize, str.upper])(words[index])
        if random_source.random() < 0.08:
            words[index] += random_source.choice(",.;:!?'s")
    return " ".join(words)


def mixed(length):
    """Words of several scripts, with or without spaces between them."""
    parts = []
    for _ in range(length):
        script = random_source.choice(list(SCRIPTS))
        parts.append(random_source.choice(SCRIPTS[script]))
        parts.append(random_source.choice(["", " ", " ", random_source.choice(ENGLISH)]))
    return "".join(parts)


def random_scalars(length, blocks):
    scalars = []
    while len(scalars) < length:
        low, high = random_source.choice(blocks)
        value = random_source.randint(low, high)
        if not 0xD800 <= value <= 0xDFFF:
            scalars.append(chr(value))
    return "".join(scalars)


EVERYWHERE = [(0, 0x10FFFF), (0, 0xFFFF), (0, 0x2FFF), (0x10000, 0x1FFFF), (0x20000, 0x3FFFF)]
MARKS = [(0x61, 0x7A), (0x300, 0x36F), (0x591, 0x5BD), (0x64B, 0x65F), (0x8D3, 0x902), (0x1AB0, 0x1ACE),
         (0x1DC0, 0x1DFF), (0x20D0, 0x20F0), (0x3021, 0x302F), (0xA9B0, 0xA9C0), (0x1D165, 0x1D182)]
LATIN = [(0xA0, 0x24F), (0x1E00, 0x1FFF), (0x20, 0x7E), (0x370, 0x52F)]
ASIAN = [(0x3000, 0x312F), (0x4E00, 0x4FFF), (0xAC00, 0xD7A3), (0x1100, 0x11FF), (0xF900, 0xFB4F)]
NEW = [(0x10D40, 0x10F90), (0x11000, 0x11FFF), (0x1E000, 0x1FAFF), (0x2E00, 0x2E7F), (0x860, 0x8FF)]


def texts():
    """Every kind of line, each in its share."""
    lines = ["", " ", "\t\n", "[CLS]", "x" * 99, "x" * 100, "x" * 101, "é" * 100, "e\u0301" * 101,
             "ab" * 60 + " end", "中" * 110, "İ" * 100, "ﬁ" * 101, "a." * 70]
    choose = random_source.randint
    lines += [sentence(choose(1, 9)) for _ in range(4600)]
    lines += [mixed(choose(1, 5)) for _ in range(3000)]
    for blocks, count in ((EVERYWHERE, 900), (MARKS, 500), (LATIN, 500), (ASIAN, 400), (NEW, 300)):
        lines += [random_scalars(choose(1, 10), blocks) for _ in range(count)]
    for script, words in SCRIPTS.items():
        lines += ["a" + word + "b" for word in words] + ["x ".join(words[:12])]
    return lines


def trained(size, corpus, **normalizer):
    """A WordPiece tokenizer whose pieces are the parts of words that save most characters.

    The trainers of `tokenizers` order equal pieces by chance, so that no two runs would agree.
    """
    normalize = normalizers.BertNormalizer(**normalizer)
    split = pre_tokenizers.BertPreTokenizer()
    words = collections.Counter(
        word for text in corpus for word, _ in split.pre_tokenize_str(normalize.normalize_str(text)))
    alphabet = sorted({scalar for word in words for scalar in word})
    saved = collections.Counter()
    for word, count in words.items():
        for start in range(len(word)):
            for end in range(start + 2, min(len(word), start + 9) + 1):
                saved["##" * (start > 0) + word[start:end]] += count * (end - start - 1)
    pieces = SPECIALS + alphabet + ["##" + scalar for scalar in alphabet]
    pieces += sorted(saved, key=lambda piece: (-saved[piece], piece))
    vocabulary = {piece: index for index, piece in enumerate(dict.fromkeys(pieces[:size]))}
    tokenizer = Tokenizer(models.WordPiece(
        vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalize
    tokenizer.pre_tokenizer = split
    tokenizer.add_special_tokens(SPECIALS)
    tokenizer.post_processor = template("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", tokenizer)
    return tokenizer


def template(single, pair, tokenizer, extra=()):
    names = ["[CLS]", "[SEP]", *extra]
    return processors.TemplateProcessing(
        single=single, pair=pair, special_tokens=[(name, tokenizer.token_to_id(name)) for name in names])


def save(tokenizer, name):
    (FOLDER / name).write_text(json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False,
                                          separators=(",", ":")), encoding="utf-8")


def checksum(encoding):
    """FNV-1a over word + 1 (0 for specials), start and end of each token, 32 bits at a time."""
    value = 2166136261
    for word, (start, end) in zip(encoding.word_ids, encoding.offsets):
        for part in (0 if word is None else word + 1, start, end):
            value = ((value ^ part) * 16777619) % (1 << 32)
    return value


def line(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def variant(tokenizer, name, text, pair=None, length=None):
    """What a tokenizer makes of a text, in full."""
    tokenizer.no_truncation()
    whole = len(tokenizer.encode(text, pair).ids)
    if length is not None:
        tokenizer.enable_truncation(length)
    encoding = tokenizer.encode(text, pair)
    tokenizer.no_truncation()
    return line({
        "tokenizer": name, "text": text, "pair": pair, "length": length, "ids": encoding.ids,
        "segments": encoding.type_ids, "words": encoding.word_ids,
        "offsets": [place for offset in encoding.offsets for place in offset],
        "dropped": whole - len(encoding.ids),
    })


def pairs(tokenizer, name):
    choose = random_source.randint
    for length in (3, 4, 5, 6, 7, 8, 11, 16, 17, 24, 33):
        for _ in range(14):
            first, second = sentence(choose(1, 14)), sentence(choose(1, 14))
            yield variant(tokenizer, name, first, second, length)
        yield variant(tokenizer, name, sentence(choose(1, 30)), None, length)
    yield variant(tokenizer, name, "", "", 16)
    yield variant(tokenizer, name, "one [MASK] two", "İ [SEP] x", None)


def with_added_tokens(corpus):
    """Added tokens with every switch, some of them new, and an unusual template."""
    tokenizer = trained(900, corpus, lowercase=True)
    tokenizer.add_special_tokens(["<start>", "<both>"])
    tokenizer.add_tokens([
        AddedToken("New York", normalized=True), AddedToken("New York City", normalized=True),
        AddedToken("ÀB", normalized=True), AddedToken("wörd", normalized=False),
        AddedToken("cat", single_word=True, normalized=True),
        AddedToken("dog", single_word=True, normalized=False),
        AddedToken("<l>", lstrip=True, normalized=False), AddedToken("<r>", rstrip=True, normalized=False),
        AddedToken("<lr>", lstrip=True, rstrip=True, normalized=True),
        AddedToken("東京", normalized=False),
    ])
    tokenizer.post_processor = template(
        "<start>:3 $A:1 [SEP]:2 [SEP]:0", "$B:4 <both>:5 $A:6", tokenizer, ["<start>", "<both>"])
    return tokenizer


ADDED = ["new york", "New York City!", "I love NEW  YORK", "New\tYork", "àb ÀB a\u0300b Ab", "wörd wo\u0308rd WÖRD",
         "cat cats concat cat. CAT _cat cat\u0301 café cat", "dog dogs hotdog dog-dog Dog dog\u0301 dog١",
         "a  <l>  b", "a  <r>  b", "a <lr>  b<lr>", "  <l><r>  <l>  <r>", "x\u3000<lr>\u00a0y", "東京都",
         "<start> in <both> text [SEP]", "<START>", "", "<l>", " <r> ", "<l", "[mask] [MASK]"]


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    corpus = [sentence(12) for _ in range(6000)] + [mixed(6) for _ in range(1500)]
    uncased = trained(6000, corpus, lowercase=True)
    save(uncased, "tokenizer.json")
    ordered = sorted(uncased.get_vocab().items(), key=lambda item: item[1])
    (FOLDER / "vocab.txt").write_text("".join(piece + "\n" for piece, _ in ordered), encoding="utf-8")

    with open(FOLDER / "lines.jsonl", "w", encoding="utf-8", newline="\n") as file:
        for text in texts():
            encoding = uncased.encode(text)
            file.write(line([text, " ".join(map(str, encoding.ids)), checksum(encoding)]))

    small = {
        "tokenizer-cased.json": dict(lowercase=False),
        "tokenizer-cased-stripped.json": dict(lowercase=False, strip_accents=True),
        "tokenizer-lower-accents.json": dict(lowercase=True, strip_accents=False),
        "tokenizer-raw.json": dict(
            lowercase=False, strip_accents=False, clean_text=False, handle_chinese_chars=False),
    }
    with open(FOLDER / "variants.jsonl", "w", encoding="utf-8", newline="\n") as file:
        file.writelines(pairs(uncased, "tokenizer.json"))
        for name, settings in small.items():
            tokenizer = trained(1200, corpus, **settings)
            save(tokenizer, name)
            for words in SCRIPTS.values():
                for start in range(0, len(words), 5):
                    file.write(variant(tokenizer, name, " ".join(words[start:start + 5])))
                file.write(variant(tokenizer, name, "a".join(words[:5])))
        added = with_added_tokens(corpus)
        save(added, "tokenizer-added.json")
        for text in ADDED:
            file.write(variant(added, "tokenizer-added.json", text))
            file.write(variant(added, "tokenizer-added.json", text, "cat [MASK] dog", 9))


if __name__ == "__main__":
    main()
