"""Trained networks as files of other tools: OpenQASM 3, QPY, TorchQuantum, PennyLane, ONNX."""
