"""The classical half of a step: its kernels by hand, and what limits each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hybhanas.architecture import Architecture
from hybhanas.cost.classical_half import ClassicalHalf, Dense, Function, Kernel
from hybhanas.cost.classical_time import classical_time_s, inference_s, kernels_s, training_s
from hybhanas.cost.executions import training_circuits, training_jobs
from hybhanas.cost.model import Device, Workload
from hybhanas.errors import ConfigError
from hybhanas.models.layers import lay_out_network

DEVICE = Device(
    name="fast", peak_flops_per_s=1e12, bandwidth_bytes_per_s=1e9, launch_s=1e-6, power_w=100.0
)
HALF = ClassicalHalf(
    encoder=(Dense(4, 2), Function("angle_scale", 2)), readout=(Dense(2, 3),),
    inputs=2, weights=6, observables=2,
)  # fmt: skip


def test_a_kernel_takes_the_longest_of_launch_operations_and_memory():
    assert DEVICE.seconds(1e3, 1e2) == 1e-6
    assert DEVICE.seconds(1e9, 1e2) == pytest.approx(1e-3)
    assert DEVICE.seconds(1e3, 1e8) == pytest.approx(0.1)
    assert replace(DEVICE, utilisation=0.5).seconds(1e9, 0) == pytest.approx(2e-3)


def test_a_step_has_the_kernels_that_a_hand_count_says():
    kernels = list(HALF.step(16))
    # forward 2 dense layers and 2 of angle_scale; 4 of the loss; backward 3 of the readout, 2 that
    # take the derivatives from the circuit, 2 of angle_scale, 2 of the first layer; 10 of Adam
    assert len(kernels) == 4 + 4 + 3 + 2 + 2 + 2 + 10
    assert kernels[0] == Kernel(2 * 16 * 4 * 2, 4 * (16 * 4 + 4 * 2 + 16 * 2 + 2))
    assert HALF.parameters == 6 + (4 * 2 + 2) + (2 * 3 + 3)
    assert kernels[-1] == Kernel(25, 2 * 4 * 25)
    assert kernels_s(kernels, DEVICE) == pytest.approx(27e-6, rel=0.2)  # mostly launches


def test_small_steps_are_launches_so_that_a_training_is_no_microseconds():
    work = Workload(samples=1077, epochs=30, batch_size=64)
    layers = lay_out_network(Architecture(qubits=4, depth=2), 64, 10)
    seconds = training_s(layers.classical_half, work, Device.preset("a100"))
    steps, kernels = 30 * 17, len(list(layers.classical_half.step(64)))
    assert seconds == pytest.approx(steps * kernels * 20e-6, rel=0.01)
    assert seconds > 0.2


def test_validations_are_charged_on_both_sides():
    work = Workload(samples=10, epochs=3, batch_size=4)
    with_them = replace(work, validation_samples=6, validations=3)
    assert training_circuits(with_them, 5) - training_circuits(work, 5) == 3 * 6
    assert training_circuits(with_them, 10, forward=2) - training_circuits(work, 10) == 3 * 12
    assert training_jobs(with_them, 5, 4) - training_jobs(work, 5, 4) == 3 * 2  # 6 in jobs of 4
    added_s = training_s(HALF, with_them, DEVICE) - training_s(HALF, work, DEVICE)
    kernels = [*HALF.validation(4), *HALF.validation(2)]
    assert added_s == pytest.approx(3 * kernels_s(kernels, DEVICE))


def test_jobs_go_to_the_machine_and_back_where_the_total_is_what_is_waited_for():
    device = replace(DEVICE, round_trip_s=3.0)
    work = Workload(samples=1, epochs=1, batch_size=1)
    own_s = inference_s(HALF, device)
    for total, waited_s in (("qpu", 15.0), ("effective", 0.0)):
        both_s = classical_time_s("inference", HALF, work, device, 5, total)
        assert both_s == pytest.approx(own_s + waited_s)


def test_a_circuit_alone_has_no_classical_half():
    assert training_s(ClassicalHalf(), Workload(samples=9, epochs=9, batch_size=3), DEVICE) == 0


def test_operations_are_those_that_torch_counts():
    layers = lay_out_network(Architecture(qubits=3, hidden_layers=1, hidden_width=8), 5, 3)
    assert layers.classical_half.forward_flops == layers.classical_flops
    assert layers.classical_half.parameters == layers.parameters


@pytest.mark.parametrize("name", ["a100", "h100", "epyc_7763"])
def test_devices_of_conf_name_every_limit_and_its_source(name):
    device = Device.preset(name)
    assert device.bandwidth_bytes_per_s > 1e11
    assert device.launch_s > 0
    assert device.round_trip_s > 0
    assert device.source


@pytest.mark.parametrize(
    "change", [{"launch_s": -1.0}, {"bandwidth_bytes_per_s": 0.0}, {"round_trip_s": -0.1}]
)
def test_limits_that_make_no_sense_are_named(change):
    with pytest.raises(ConfigError, match=f"device.{next(iter(change))}="):
        replace(DEVICE, **change)
