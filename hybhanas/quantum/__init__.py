"""Simulating circuits while training: kernels in plain torch, simulators by name, TorchQuantum.

`simulators` is the registry, `layer` the quantum layer of an HQNN. Of the fused simulator,
`program` compiles a circuit into steps, `layout` lays many programs out as `tables`, and `stack`
runs them by `autograd`, `evolution` and `kernels`. `torchquantum_modules` need TorchQuantum.
"""
