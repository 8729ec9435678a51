# SPDX-License-Identifier: Apache-2.0
"""Writes Tests/Fixtures/checkpoint/mixed.safetensors with the Python safetensors package.

Every value is exact in its type, so that the tests can compare for equality.

    python3 Scripts/make-checkpoint-fixtures.py    # needs torch and safetensors
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

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

target = Path(__file__).parent.parent / "Tests/Fixtures/checkpoint/mixed.safetensors"
save_file(tensors, target, metadata={"format": "pt", "note": 'quotes " and \\ and ü 😀'})
print(target, target.stat().st_size, "bytes")
