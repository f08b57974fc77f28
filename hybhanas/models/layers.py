"""The layers of an HQNN as data, without torch: its modules and its counts come from this list."""

from __future__ import annotations

from dataclasses import dataclass

from hybhanas.architecture import Architecture
from hybhanas.circuit import Circuit, lay_out
from hybhanas.cost import classical_half
from hybhanas.cost.classical_half import ClassicalHalf
from hybhanas.cost.classical_half import Dense as Dense


@dataclass(frozen=True, slots=True)
class Reduce:
    """Features to as many inputs of a circuit without anything trained: [batch, inputs] ->
    [batch, outputs]. If there are more outputs, features repeat.

    Args:
        inputs, outputs: how many.
        pools: whether an output is the mean of neighbouring features; else the first ones are
            taken, which are the largest of principal components.

    Example:
        >>> Reduce(4, 2, pools=True).matrix
        ((0.5, 0.5, 0.0, 0.0), (0.0, 0.0, 0.5, 0.5))
        >>> Reduce(1, 2, pools=False).matrix
        ((1.0,), (1.0,))
    """

    inputs: int
    outputs: int
    pools: bool

    @property
    def matrix(self) -> tuple[tuple[float, ...], ...]:
        """The weight of each feature [outputs][inputs]."""
        return tuple(self._row(*self._window(output)) for output in range(self.outputs))

    def _window(self, output: int) -> tuple[int, int]:
        if not self.pools or self.outputs >= self.inputs:
            return output % self.inputs, output % self.inputs + 1
        start = output * self.inputs // self.outputs
        return start, -(-(output + 1) * self.inputs // self.outputs)

    def _row(self, start: int, stop: int) -> tuple[float, ...]:
        share = 1 / (stop - start)
        return tuple(share if start <= i < stop else 0.0 for i in range(self.inputs))


@dataclass(frozen=True, slots=True)
class Function:
    """A layer without parameters, by its name in `hybhanas.models.hqnn.FUNCTIONS`."""

    name: str


Layer = Dense | Reduce | Function


@dataclass(frozen=True)
class Layers:
    """All layers of an HQNN: dense ones, the circuit, dense ones.

    Args:
        architecture: what they were laid out from.
        encoder: from features to the circuit's inputs.
        circuit: from inputs to expectation values.
        readout: from expectation values to logits.
    """

    architecture: Architecture
    encoder: tuple[Layer, ...]
    circuit: Circuit
    readout: tuple[Layer, ...]

    @property
    def parameters(self) -> int:
        """Trainable parameters, quantum and classical."""
        return self.circuit.weights + sum(dense.parameters for dense in self._dense)

    @property
    def classical_flops(self) -> int:
        """Floating-point operations of the matrix products of the classical layers for one sample,
        forward. What is not trained counts as preparation of the data, which is done once.
        """
        return sum(dense.flops for dense in self._dense)

    @property
    def classical_half(self) -> ClassicalHalf:
        """What a computer beside the quantum computer does, as the cost model takes it."""
        return ClassicalHalf(
            encoder=_parts(self.encoder, self.circuit.inputs),
            readout=_parts(self.readout, len(self.circuit.observables)),
            inputs=self.circuit.inputs if self.circuit.trains_inputs else 0,
            weights=self.circuit.weights,
            observables=len(self.circuit.observables),
        )

    @property
    def _dense(self) -> list[Dense]:
        return [layer for layer in (*self.encoder, *self.readout) if isinstance(layer, Dense)]


def logits_for(classes: int) -> int:
    """The logits of a network: one a class, a single one for two classes."""
    return 1 if classes == 2 else classes


def _parts(layers: tuple[Layer, ...], width: int) -> tuple[classical_half.Part, ...]:
    """Layers with the widths of those that have no parameters; `width`: that of none."""
    parts: list[classical_half.Part] = []
    for layer in layers:
        if isinstance(layer, Dense):
            width = layer.outputs
            parts.append(layer)
        elif isinstance(layer, Reduce):
            width = layer.outputs
            parts.append(classical_half.Function("reduce", width))
        else:
            parts.append(classical_half.Function(layer.name, width))
    return tuple(parts)


def lay_out_network(architecture: Architecture, features: int, classes: int) -> Layers:
    """Lays an architecture out for a data set.

    Args:
        architecture: what to lay out.
        features: length of one sample.
        classes: number of classes; see `logits_for`.

    Example:
        >>> layers = lay_out_network(Architecture(qubits=2), features=4, classes=3)
        >>> layers.encoder
        (Dense(inputs=4, outputs=2), Function(name='angle_scale'))
        >>> layers.classical_flops  # 2 (4 x 2 + 2 x 3)
        28
    """
    circuit = lay_out(architecture)
    hidden, activation = architecture.hidden_width, Function(architecture.activation)
    encoder: list[Layer] = []
    width = features
    if architecture.encoder == "linear":
        for _ in range(architecture.hidden_layers):
            encoder += [Dense(width, hidden), activation]
            width = hidden
        encoder.append(Dense(width, circuit.inputs))
    else:
        encoder.append(Reduce(width, circuit.inputs, pools=architecture.encoder == "pool"))
    amplitudes = architecture.by_amplitude
    encoder.append(Function("unit_vector" if amplitudes else "angle_scale"))
    observables = len(circuit.observables)
    logits = logits_for(classes)
    readout: list[Layer] = [Dense(observables, logits)]
    if architecture.readout != "linear":
        readout = [Dense(observables, hidden), activation, Dense(hidden, logits)]
    return Layers(architecture, tuple(encoder), circuit, tuple(readout))


def parameter_count(architecture: Architecture, features: int, classes: int) -> int:
    """Trainable parameters of an HQNN, quantum and classical."""
    return lay_out_network(architecture, features, classes).parameters


def classical_flops(architecture: Architecture, features: int, classes: int) -> int:
    """Floating-point operations of an HQNN's classical layers for one sample, forward."""
    return lay_out_network(architecture, features, classes).classical_flops
