"""Architecture: canonical form, hash, JSON and what it refuses."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybhanas.architecture import CHOICES, Architecture
from hybhanas.circuit import lay_out
from hybhanas.entanglement import entangled_pairs
from hybhanas.errors import ConfigError
from tests.helpers.settings import everything

WORDS = (*CHOICES["entanglement"], "all_1", "all_2", "odd_1", "odd_2", "even_1", "even_3", "even_9")


@st.composite
def architectures(draw, most_layers=3):
    """Any architecture, with a word of entanglement for all layers or one for each."""
    chosen = {name: draw(st.sampled_from(list(CHOICES[name]))) for name in CHOICES}
    depth = draw(st.integers(1, most_layers))
    words = draw(st.lists(st.sampled_from(WORDS), min_size=depth, max_size=depth))
    chosen["entanglement"] = "-".join(words) if draw(st.booleans()) else words[0]
    return Architecture(
        qubits=draw(st.integers(1, 5)),
        depth=depth,
        reuploading=draw(st.booleans()),
        hidden_layers=draw(st.integers(0, 2)),
        hidden_width=draw(st.sampled_from((3, 8))),
        learning_rate=draw(st.sampled_from((None, 0.01))),
        **chosen,
    )


def network(architecture: Architecture) -> tuple:
    """All that makes a network what it is, without the words that describe it."""
    a = architecture
    layers = a.hidden_layers if a.encoder == "linear" else 0
    dense = [a.hidden_width] * layers + ([a.hidden_width] if a.readout == "mlp" else [])
    return lay_out(a), a.encoder, layers, tuple(dense), dense and a.activation, a.learning_rate


@given(architectures())
def test_the_canonical_form_is_the_same_network(architecture):
    assert network(architecture.canonical()) == network(architecture)


@given(architectures())
def test_the_canonical_form_of_a_canonical_form_is_itself(architecture):
    canonical = architecture.canonical()
    assert canonical.canonical() == canonical


@given(architectures(), architectures())
def test_two_architectures_are_canonically_equal_exactly_if_they_are_the_same_network(a, b):
    assert (a.canonical() == b.canonical()) == (network(a) == network(b))
    assert (a.hash == b.hash) == (network(a) == network(b))


@given(st.integers(1, 6), st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), st.data())
def test_other_words_for_the_same_pairs_are_the_same_hash(qubits, words, data):
    def same(word):
        pairs = entangled_pairs(word, qubits)
        return st.sampled_from([w for w in WORDS if entangled_pairs(w, qubits) == pairs])

    one, other = (
        Architecture(qubits=qubits, depth=len(words), entanglement="-".join(chosen))
        for chosen in (words, [data.draw(same(word)) for word in words])
    )
    assert one.hash == other.hash


def test_random_small_architectures_collide_where_they_are_the_same_network():
    rng = np.random.default_rng(0)
    space = everything(qubits=(1, 2, 3), depth=(1, 2), hidden_layers=(0,))
    seen: dict[Architecture, tuple] = {}
    for _ in range(2000):
        architecture = space.decode(space.sample(rng))
        assert seen.setdefault(architecture, network(architecture)) == network(architecture)
    assert len(set(map(repr, seen.values()))) == len(seen)


@given(architectures())
def test_json_gives_the_same_architecture_back(architecture):
    assert Architecture.from_dict(json.loads(json.dumps(architecture.to_dict()))) == architecture


def test_the_hash_of_an_architecture_stays_what_earlier_records_are_named_by():
    assert Architecture(qubits=4).hash == "1d0ea7305d24b8d8"
    assert Architecture(qubits=2, depth=2, entanglement="pairwise").hash == "490b2f840675ae3d"


@pytest.mark.parametrize(
    ("qubits", "written", "canonical"),
    [
        (4, "all_1", "ring"),  # (0, 1), (1, 2), (2, 3), (3, 0)
        (2, "all_1", "all_1"),  # (0, 1), (1, 0), which a ring of two lacks
        (2, "odd_3", "linear"),  # (0, 1): the range is at most 1
        (3, "all_5", "all_2"),
        (5, "ring-ring", "ring"),
        (5, "all_1-odd_2", "ring-odd_2"),
        (5, "none-none", "none"),
        (1, "odd_2-full", "none"),
    ],
)
def test_entanglement_takes_the_first_word_of_its_pairs(qubits, written, canonical):
    depth = written.count("-") + 1
    architecture = Architecture(qubits=qubits, depth=depth, entanglement=written)
    assert architecture.canonical().entanglement == canonical


def test_an_architecture_reads_as_one_line():
    assert str(Architecture(qubits=4)) == "4q x1 ry rz_ry_rz cx/linear z > linear"
    of_qnas = Architecture(
        qubits=5, depth=3, encoding="rx", rotations="rx_ry_rz", entanglement="ring-odd_2-none",
        hidden_layers=1, learning_rate=0.003,
    )  # fmt: skip
    assert str(of_qnas) == ("5q x3 rx rx_ry_rz cx/ring-odd_2-none z | 1x16 relu > linear lr 0.003")


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"encoding": "rxx"}, r"architecture.encoding=rxx is unknown \(did you mean rx\?\)"),
        ({"qubits": 0}, "architecture.qubits=0 is not accepted: an integer >= 1"),
        ({"depth": 1.5}, "architecture.depth=1.5 is not accepted"),
        ({"entanglement": "rings"}, r"entanglement=rings is unknown \(did you mean ring\?\); acc"),
        ({"entanglement": "odd_0"}, "entanglement=odd_0 is unknown; .*none, all_<range>, odd_<ra"),
        ({"depth": 2, "entanglement": "ring-odd"}, "architecture.entanglement=odd is unknown"),
        ({"entanglement": ["ring"]}, r"architecture.entanglement=\['ring'\] is unknown"),
        (
            {"depth": 3, "entanglement": "ring-none"},
            r"entanglement=ring-none is not accepted: one word for all layers, or as many as the "
            r"depth \(3\) joined by -",
        ),
        ({"learning_rate": 2.0}, "architecture.learning_rate=2.0 is not accepted"),
    ],
)
def test_a_wrong_choice_is_named_with_what_is_accepted(choices, message):
    with pytest.raises(ConfigError, match=message):
        Architecture(**({"qubits": 2} | choices))


def test_an_unknown_key_is_named():
    with pytest.raises(ConfigError, match=r"key=qbits is unknown \(did you mean qubits\?\)"):
        Architecture.from_dict({"qbits": 3})
