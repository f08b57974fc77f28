"""SearchSpace: genomes, sizes, and what it refuses."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hydra.utils import instantiate

from hybhanas.architecture import CHOICES, Architecture
from hybhanas.circuit import lay_out
from hybhanas.errors import ConfigError
from hybhanas.search_space import SearchSpace
from tests.helpers.settings import everything


def test_the_small_space_has_at_most_200_architectures_all_different(composed):
    space = instantiate(composed("search_space=small").search_space)
    architectures = list(space.architectures())
    assert len(architectures) == len(set(architectures)) == space.size == 64


def test_the_default_space_holds_every_accepted_word_but_those_its_comment_names(composed):
    space = composed().search_space
    held = {name: set(space[name]) for name in CHOICES}
    held["rotations"].add("rx_ry_rz")  # another order of RZ-RY-RZ, whose results stay as they are
    held["encoding"].add("iqp")
    held["encoder"] |= {"none", "pool"}
    held["measurement"].add("z_first")
    held["entangler"] |= {"rxx", "ryy", "rzz"}
    assert held == {name: set(words) for name, words in CHOICES.items()}


@pytest.fixture
def qnas(composed) -> SearchSpace:
    return instantiate(composed("search_space=qnas").search_space)


def test_qnas_has_a_gene_of_entanglement_for_each_of_four_layers(qnas):
    layers = [f"entanglement_{layer}" for layer in (1, 2, 3, 4)]
    assert [gene for gene in qnas.genes if gene.startswith("entanglement")] == layers
    # qubits, depth, encoding; a mode and a range a layer; learning rate
    assert qnas.size == 7 * 4 * 4 * (4 * 5) ** 4 * 9


def test_qnas_draws_each_mode_as_often(qnas):
    modes = Counter(word.split("_")[0] for word in qnas.entanglement)
    assert modes == {"all": 5, "odd": 5, "even": 5, "none": 5}


def test_learning_rates_of_qnas_are_equal_steps_of_the_logarithm(qnas):
    np.testing.assert_allclose(qnas.learning_rate, np.geomspace(0.001, 0.01, 9), rtol=0.003)


def test_every_genome_of_qnas_is_one_of_its_architectures(qnas):
    rng = np.random.default_rng(3)
    for _ in range(500):
        architecture = qnas.decode(qnas.sample(rng))
        assert architecture == architecture.canonical()
        assert architecture.qubits in range(2, 6 if architecture.encoding == "amplitude" else 9)
        assert architecture.depth in (1, 2, 3, 4)
        assert (architecture.rotations, architecture.entangler) == ("rx_ry_rz", "cx")
        assert not architecture.reuploading
        circuit = lay_out(architecture)
        assert circuit.weights == 3 * architecture.qubits * architecture.depth
        assert len(circuit.observables) == architecture.qubits


def test_genes_of_layers_that_a_circuit_lacks_make_no_difference(qnas):
    rng = np.random.default_rng(4)
    place = qnas.genes.index("entanglement_1")
    for _ in range(100):
        genome = qnas.sample(rng)
        architecture, other = qnas.decode(genome), list(genome)
        other[place + architecture.depth : place + 4] = qnas.sample(rng)[
            place + architecture.depth : place + 4
        ]
        assert qnas.decode(other) == architecture


def test_a_genome_says_which_words_its_layers_take(qnas):
    place = {gene: number for number, gene in enumerate(qnas.genes)}
    genome = [0] * len(qnas.genes)  # two qubits, one layer, RX
    assert qnas.decode(genome).entanglement == "all_1"
    genome[place["qubits"]] = qnas.qubits.index(5)
    genome[place["depth"]] = qnas.depth.index(3)
    for layer, word in enumerate(("odd_2", "none", "all_1", "even_3"), start=1):
        genome[place[f"entanglement_{layer}"]] = qnas.entanglement.index(word)
    assert qnas.decode(genome).entanglement == "odd_2-none-ring"


def test_amplitude_encoding_takes_no_more_qubits_than_its_bound():
    def decoded(encoding, **bound):
        space = everything(qubits=(7,), encoding=(encoding,), **bound)
        return space.decode((0,) * len(space.genes)).qubits

    assert decoded("amplitude", amplitude_qubits=5) == 5
    assert decoded("amplitude") == decoded("ry", amplitude_qubits=5) == 7


def test_every_genome_decodes_to_a_canonical_architecture():
    space, rng = everything(), np.random.default_rng(1)
    for _ in range(300):
        architecture = space.decode(space.sample(rng))
        assert architecture == architecture.canonical()


def test_sampling_reaches_every_value_of_every_gene():
    space, rng = everything(), np.random.default_rng(2)
    drawn = np.array([space.sample(rng) for _ in range(400)])
    for gene, count in enumerate(space.choices):
        assert set(drawn[:, gene]) == set(range(count))


def test_a_wrong_value_or_an_empty_list_is_named():
    with pytest.raises(ConfigError, match=r"search_space.entangler=cnot is unknown"):
        everything(entangler=("cnot",))
    with pytest.raises(ConfigError, match=r"search_space.depth=\[\] is not accepted"):
        everything(depth=())
    with pytest.raises(ConfigError, match=r"search_space.entanglement=odd is unknown"):
        everything(entanglement=("odd",))
    with pytest.raises(ConfigError, match=r"search_space.amplitude_qubits=0 is not accepted: at"):
        everything(amplitude_qubits=0)


@pytest.mark.parametrize("name", ["small", "medium", "hqnn", "circuit", "qnas"])
def test_every_architecture_has_a_genome_that_decodes_to_it(name):
    space, rng = SearchSpace.preset(name), np.random.default_rng(1)
    for _ in range(50):
        architecture = space.decode(space.sample(rng))
        assert space.decode(space.encode(architecture)) == architecture


def test_an_architecture_outside_the_space_is_named_with_the_choices_that_are_not_there():
    outside = Architecture(qubits=3, depth=9)
    with pytest.raises(ConfigError) as error:
        SearchSpace.preset("small").encode(outside)
    assert str(error.value) == (
        f"{outside} is not one of search_space: qubits=3 is none of [2, 4]; "
        "depth=9 is none of [1, 2]"
    )
