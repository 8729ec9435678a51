# SPDX-License-Identifier: Apache-2.0
"""Writes Tests/Fixtures/checkpoint, pytorch and numpy with the programs that define the formats.

Every value is exact in its type, so that the tests can compare for equality.

    python3 Scripts/make-checkpoint-fixtures.py    # needs torch, numpy and safetensors
"""

import json
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

fixtures = Path(__file__).parent.parent / "Tests/Fixtures"
for folder in ["checkpoint", "pytorch/sharded", "numpy"]:
    (fixtures / folder).mkdir(parents=True, exist_ok=True)

steps = torch.arange(12, dtype=torch.float32).reshape(3, 4) / 4 - 1
halves = torch.tensor([0.0, -0.0, 1.0, -2.5, 65504.0, 2.0**-14, 2.0**-24, -3 * 2.0**-24])
endless = torch.tensor([float("inf"), float("-inf"), float("nan")])

tensors = {
    "layer.0.weight": steps,
    "layer.0.bias": steps[0].to(torch.float64),
    "layer.1.weight": torch.cat([halves, endless]).to(torch.float16),
    "layer.1.bias": torch.cat([steps.flatten(), endless]).to(torch.bfloat16),
    "position_ids": torch.arange(5),
    "scalar": torch.tensor(7.5),
    "nothing": torch.zeros(0, 4),
    'odd "name" ü\n': torch.tensor([1.0, 2.0]),
}

target = fixtures / "checkpoint/mixed.safetensors"
save_file(tensors, target, metadata={"format": "pt", "note": 'quotes " and \\ and ü 😀'})

# --- PyTorch ------------------------------------------------------------------------------------

pytorch = fixtures / "pytorch"


def save(value, name: str, legacy: bool = False, protocol: int = 2) -> None:
    # Legacy files name and sort storages by their addresses, so their bytes change at every run.
    torch.save(
        value, pytorch / name, _use_new_zipfile_serialization=not legacy, pickle_protocol=protocol)


# The cube has three axes out of order; the tied weights share one storage, as T5's do.
cube = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
tied = torch.nn.Parameter(steps.clone())
checkpoint = OrderedDict(
    tensors,
    **{
        "transposed": steps.t(),
        "transposed.half": steps.to(torch.bfloat16).t(),
        "slice": steps[1:, 1:3],
        "cube": cube.permute(2, 0, 1),
        "one": cube[:, 1:2, 2:3],
        "mask": torch.tensor([True, False]),
        "shared.weight": tied,
        "encoder.embed_tokens.weight": tied,
        "decoder.embed_tokens.weight": tied.detach().t(),
    },
)
checkpoint._metadata = OrderedDict([("", {"version": 1}), ("layer", {"version": 2})])

save(checkpoint, "zip.bin")
save(checkpoint, "zip-protocol-4.bin", protocol=4)
save(checkpoint, "legacy.bin", legacy=True)
save(checkpoint, "legacy-protocol-4.bin", legacy=True, protocol=4)
save({"eight": steps.to(torch.float8_e5m2), "plain": steps}, "untyped.bin")
save(
    {"state_dict": {"bias": steps[0]}, "step": 2**40, "rate": 0.3, "names": ["a", ("b", None)]},
    "wrapped.bin")

shards = {"pytorch_model-00001-of-00002.bin": ["layer.0.weight", "scalar"],
          "pytorch_model-00002-of-00002.bin": ["layer.0.bias", "layer.1.weight"]}
for shard, names in shards.items():
    save({name: tensors[name] for name in names}, f"sharded/{shard}")
index = {"metadata": {"total_size": 106},
         "weight_map": {name: shard for shard, names in shards.items() for name in names}}
(pytorch / "sharded/pytorch_model.bin.index.json").write_text(json.dumps(index, indent=2) + "\n")

# --- PyTorch's formats, hostile -----------------------------------------------------------------


class Shell:
    """Unpickling one would run a command; under protocol 2 its name is a GLOBAL, under 4 a
    STACK_GLOBAL."""

    def __reduce__(self):
        import os

        return os.system, ("echo this must never be seen",)


for protocol in [2, 4]:
    save({"bias": steps[0], "x": Shell()}, f"hostile-protocol-{protocol}.bin", protocol=protocol)
    save(Shell(), f"hostile-legacy-{protocol}.bin", legacy=True, protocol=protocol)


def repack(name: str, method: int) -> None:
    with zipfile.ZipFile(pytorch / "wrapped.bin") as source:
        with zipfile.ZipFile(pytorch / name, "w", method) as target:
            for entry in source.infolist():
                copy = zipfile.ZipInfo(entry.filename)
                copy.compress_type = method
                target.writestr(copy, source.read(entry))


repack("stored.bin", zipfile.ZIP_STORED)  # By another program, without PyTorch's padding.
repack("compressed.bin", zipfile.ZIP_DEFLATED)

with zipfile.ZipFile(pytorch / "bomb.bin", "w", zipfile.ZIP_DEFLATED) as bomb:
    for name, content in [
        ("bomb/data.pkl", pickle.dumps({}, 2)), ("bomb/data/0", bytes(20_000_000))]:
        entry = zipfile.ZipInfo(name)
        entry.compress_type = zipfile.ZIP_STORED if name.endswith("pkl") else zipfile.ZIP_DEFLATED
        bomb.writestr(entry, content)

# --- NumPy --------------------------------------------------------------------------------------

numpy = fixtures / "numpy"
array = steps.numpy()


def write(name: str, values, version=(1, 0), pickled: bool = False) -> None:
    with open(numpy / name, "wb") as file:
        np.lib.format.write_array(file, values, version=version, allow_pickle=pickled)


write("encoder.prompt.prompt.prompt", array)
write("float64.npy", array.astype("<f8"), version=(2, 0))
write("float16-fortran.npy", np.asfortranarray(array.astype("<f2")), version=(3, 0))
write("cube-fortran.npy", np.asfortranarray(cube.numpy()))
write("scalar.npy", np.float32(7.5))
write("row.npy", array[0])
write("empty.npy", np.zeros((0, 4), "<f4"))
write("int64.npy", np.arange(3))
write("big-endian.npy", array.astype(">f4"))
write("fields.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<f4")]))
write("objects.npy", np.array([Shell(), None], dtype=object), pickled=True)

for file in sorted(fixtures.glob("checkpoint/*")) + sorted(pytorch.rglob("*.*")) + sorted(
        numpy.glob("*")):
    print(file.relative_to(fixtures), file.stat().st_size, "bytes")
