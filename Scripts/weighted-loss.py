#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what PyTorch and scikit-learn compute of class weights, for ClassWeightsTests.swift and
SoftmaxLossTests.swift."""

import numpy
import torch
from sklearn.utils.class_weight import compute_class_weight

z = torch.tensor(
    [0.5, -1, 2, 1.5, 0.25, -0.75, 0, 3, 1, -2, 0.125, 0.5], dtype=torch.float64
).reshape(4, 3).requires_grad_()
weight = torch.tensor([0.5, 2.0, 1.25], dtype=torch.float64)
loss = torch.nn.CrossEntropyLoss(weight=weight)(z, torch.tensor([0, 2, 1, 1]))
loss.backward()
print(f"{loss.item():.9f}")
print(", ".join(f"{x:.9f}" for x in z.grad.flatten().tolist()))
labels = numpy.array([0] * 5 + [1] * 2 + [2])
print(compute_class_weight("balanced", classes=numpy.array([0, 1, 2]), y=labels))
