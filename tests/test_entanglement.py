"""Which pairs a word entangles: lists that a reader can do by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybhanas.entanglement import PAIR_FILTERS, PATTERNS, entangled_pairs, first_word
from hybhanas.errors import ConfigError

words = st.sampled_from(list(PATTERNS)) | st.builds(
    "{}_{}".format, st.sampled_from(list(PAIR_FILTERS)), st.integers(1, 9)
)


def test_patterns_on_four_qubits_are_those_of_the_textbook():
    assert entangled_pairs("linear", 4) == ((0, 1), (1, 2), (2, 3))
    assert entangled_pairs("ring", 4) == ((0, 1), (1, 2), (2, 3), (3, 0))
    assert entangled_pairs("full", 4) == ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))
    assert entangled_pairs("pairwise", 4) == ((0, 1), (2, 3), (1, 2))
    assert entangled_pairs("star", 4) == ((0, 1), (0, 2), (0, 3))
    assert entangled_pairs("none", 4) == ()


def test_a_range_of_two_on_five_qubits_goes_around_the_end():
    assert entangled_pairs("all_2", 5) == ((0, 2), (1, 3), (2, 4), (3, 0), (4, 1))
    assert entangled_pairs("odd_2", 5) == ((0, 2), (2, 4), (4, 1))
    assert entangled_pairs("even_2", 5) == ((1, 3), (3, 0))


def test_a_range_that_is_too_long_is_the_longest():
    assert entangled_pairs("all_5", 3) == entangled_pairs("all_2", 3) == ((0, 2), (1, 0), (2, 1))
    assert entangled_pairs("even_4", 2) == ((1, 0),)


@given(words, st.integers(1, 7))
def test_a_pair_is_two_of_the_qubits_and_stands_once(word, qubits):
    pairs = entangled_pairs(word, qubits)
    assert all(0 <= wire < qubits for pair in pairs for wire in pair)
    assert all(control != target for control, target in pairs)
    assert len(set(pairs)) == len(pairs)


@given(st.integers(1, 9), st.integers(1, 7))
def test_odd_and_even_pairs_make_up_all(reach, qubits):
    odd, even = (entangled_pairs(f"{mode}_{reach}", qubits) for mode in ("odd", "even"))
    assert sorted(odd + even) == sorted(entangled_pairs(f"all_{reach}", qubits))


@given(words, words, st.integers(1, 7))
def test_words_have_one_first_word_exactly_if_their_pairs_are_equal(one, other, qubits):
    same = entangled_pairs(one, qubits) == entangled_pairs(other, qubits)
    assert (first_word(one, qubits) == first_word(other, qubits)) == same
    assert entangled_pairs(first_word(one, qubits), qubits) == entangled_pairs(one, qubits)


@pytest.mark.parametrize("word", ["odd", "odd_0", "odd_-1", "odd_1.5", "every_2", "_2", "", "Ring"])
def test_an_unknown_word_is_named_with_what_is_accepted(word):
    with pytest.raises(ConfigError, match=rf"={word} is unknown.*linear, .*, even_<range>"):
        entangled_pairs(word, 3)
