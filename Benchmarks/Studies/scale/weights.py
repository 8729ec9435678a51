# SPDX-License-Identifier: Apache-2.0
"""Model folders of tiny T5s without a library: random ones, and ones from what a training wrote."""
import array
import json
import random
import struct
from pathlib import Path

SENTINELS = 32


def pieces(words):
    """The vocabulary: <pad>, </s>, <unk>, the words, the letters, and the sentinels, last first."""
    letters = list("abcdefghijklmnopqrstuvwxyz")
    known = ["\u2581" + word for word in words] + ["\u2581"] + letters
    return (["<pad>", "</s>", "<unk>"] + known
            + [f"<extra_id_{i}>" for i in reversed(range(SENTINELS))])


def tokenizer_json(words):
    all_pieces = pieces(words)
    special = [i for i, piece in enumerate(all_pieces) if piece.startswith("<")]
    metaspace = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always",
                 "split": True}
    text, end = {"Sequence": {"id": "A", "type_id": 0}}, {
        "SpecialToken": {"id": "</s>", "type_id": 0}}
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": i, "content": all_pieces[i], "single_word": False,
                          "lstrip": False, "rstrip": False, "normalized": False, "special": True}
                         for i in special],
        "normalizer": None, "pre_tokenizer": metaspace, "decoder": metaspace,
        "post_processor": {
            "type": "TemplateProcessing", "single": [text, end],
            "pair": [text, end, {"Sequence": {"id": "B", "type_id": 0}}, end],
            "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}},
        "model": {"type": "Unigram", "unk_id": 2, "byte_fallback": False,
                  "vocab": [[piece, 0.0 if i < 3 else -4.0 - 0.01 * i]
                            for i, piece in enumerate(all_pieces)]}}


def config_json(size, vocabulary):
    return {
        "architectures": ["T5ForConditionalGeneration"], "model_type": "t5",
        "is_encoder_decoder": True, "feed_forward_proj": "gated-gelu",
        "tie_word_embeddings": False, "dropout_rate": 0.0, "layer_norm_epsilon": 1e-6,
        "relative_attention_num_buckets": 32, "relative_attention_max_distance": 128,
        "decoder_start_token_id": 0, "pad_token_id": 0, "eos_token_id": 1,
        "vocab_size": vocabulary, "d_model": size["width"], "d_kv": size["head_size"],
        "num_heads": size["heads"], "d_ff": size["inner"], "num_layers": size["layers"],
        "num_decoder_layers": size["layers"]}


def shapes(size, vocabulary):
    """Names, shapes and T5's standard deviations; None for norms, which begin as ones."""
    width, inner, heads = size["width"], size["inner"], size["heads"]
    attended = heads * size["head_size"]
    yield "shared.weight", (vocabulary, width), 1.0
    # With normed states of size 1 this gives logits of size 1.
    yield "lm_head.weight", (vocabulary, width), width ** -0.5

    def attention(prefix, positions):
        yield prefix + "q.weight", (attended, width), (width * size["head_size"]) ** -0.5
        yield prefix + "k.weight", (attended, width), width ** -0.5
        yield prefix + "v.weight", (attended, width), width ** -0.5
        yield prefix + "o.weight", (width, attended), attended ** -0.5
        if positions:
            yield prefix + "relative_attention_bias.weight", (32, heads), width ** -0.5

    for stack in ("encoder", "decoder"):
        for number in range(size["layers"]):
            layer = f"{stack}.block.{number}.layer."
            yield from attention(layer + "0.SelfAttention.", number == 0)
            if stack == "decoder":
                yield from attention(layer + "1.EncDecAttention.", False)
            last = 2 if stack == "decoder" else 1
            yield layer + f"{last}.DenseReluDense.wi_0.weight", (inner, width), width ** -0.5
            yield layer + f"{last}.DenseReluDense.wi_1.weight", (inner, width), width ** -0.5
            yield layer + f"{last}.DenseReluDense.wo.weight", (width, inner), inner ** -0.5
            for part in range(last + 1):
                yield layer + f"{part}.layer_norm.weight", (width,), None
        yield stack + ".final_layer_norm.weight", (width,), None


def write_safetensors(path, tensors):
    """Writes (name, shape, bytes) as float32."""
    header, at = {}, 0
    for name, shape, data in tensors:
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [at, at + len(data)]}
        at += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(d for _, _, d in tensors))


def read_safetensors(path):
    """The (name, shape, bytes) of a float32 file."""
    data = path.read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    for name, tensor in json.loads(data[8:start]).items():
        if name != "__metadata__":
            assert tensor["dtype"] == "F32", f"{path}: {name} is {tensor['dtype']}"
            first, end = tensor["data_offsets"]
            yield name, tensor["shape"], data[start + first:start + end]


def write_folder(folder, size, words, tensors):
    """A model folder; config.json is written last, so a folder that has one is complete."""
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(folder / "model.safetensors", tensors)
    (folder / "tokenizer.json").write_text(
        json.dumps(tokenizer_json(words), ensure_ascii=False), encoding="utf-8")
    partial = folder / "config.json.partial"
    partial.write_text(json.dumps(config_json(size, len(pieces(words))), indent=2))
    partial.replace(folder / "config.json")


def write_random(folder, size, words, seed):
    """A T5 1.1 as it is before pretraining."""
    rng, tensors = random.Random(seed), []
    for name, shape, deviation in shapes(size, len(pieces(words))):
        count = shape[0] * (shape[1] if len(shape) > 1 else 1)
        values = array.array("f", (
            [1.0] * count if deviation is None
            else [rng.gauss(0, deviation) for _ in range(count)]))
        tensors.append((name, shape, values.tobytes()))
    write_folder(folder, size, words, tensors)


def write_trained(folder, size, words, prompt):
    """The model that a fine-tuning left in its prompt folder, as a folder of its own."""
    trained = {name.removeprefix("backbone."): (shape, data) for name, shape, data
               in read_safetensors(Path(prompt) / "prompt.safetensors")}
    tensors = [(name, shape, trained[name][1])
               for name, shape, _ in shapes(size, len(pieces(words)))]
    write_folder(folder, size, words, tensors)
