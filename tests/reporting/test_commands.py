"""Commands that pages and terminals offer, read again as the shell and Hydra read them."""

from __future__ import annotations

import shlex

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import example, given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from hybhanas.reporting.page.commands import (
    command_of_comparison,
    commands_of_member,
    commands_of_run,
)
from hybhanas.tasks.last_lines import of_members

FOLDERS = (
    "outputs/mine", "../runs/a-1", "/tmp/a+b", "outputs/backend=ibm_fez", "a(1)", "it's", "{x}",
    "my runs", " a ", "a,b", "[a]", 'say "x"', "a\\", 'a\\"', "a\\b", "${oc.env:HOME}", r"\${x}",
    r"\\${x}", "~/a", "2026", "1e5", ".5", "null", "True", "nan", "-inf", "glob(*)", "a:b", "é",
    "a\nb", "$HOME", "`a`", "a;b", "#a", "?",
)  # fmt: skip


def read(command: str) -> dict[str, object]:
    """The settings of a command line, as a configuration has them."""
    program, script, *words = shlex.split(command)
    assert (program, script) == ("python3", "run.py")
    parsed = OverridesParser.create().parse_overrides(words)
    made = OmegaConf.create({one.key_or_group: one.value() for one in parsed})
    return OmegaConf.to_container(made, resolve=True)


@pytest.mark.parametrize("folder", FOLDERS)
def test_commands_name_the_folder_of_a_run_whatever_it_is_called(folder):
    for task, line in commands_of_member(folder, 2).items():
        assert read(line) == {"task": task, "run": folder, "member": 2}
    made = commands_of_run(folder, ["dataset=iris"])
    assert read(made.pop("search")) == {"dataset": "iris", "hydra.run.dir": folder}
    for task, line in made.items():
        assert read(line) == {"task": task, "run": folder}
    assert read(command_of_comparison(folder)) == {"task": "report", "run": folder}


def test_a_list_of_folders_stays_a_list_of_as_many():
    line = command_of_comparison(["/tmp/a,b", "/tmp/c", *FOLDERS])
    assert read(line)["run"] == ["/tmp/a,b", "/tmp/c", *FOLDERS]


NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


@given(NAMES.filter(lambda name: name != "???"))  # which OmegaConf has for a missing value
@example("$\\${")
def test_any_name_of_a_folder_is_read_as_it_was(folder):
    assert read(command_of_comparison(f"runs/{folder}")) == {
        "task": "report",
        "run": f"runs/{folder}",
    }
    assert read(command_of_comparison([folder, "b"]))["run"] == [folder, "b"]


def test_numbers_of_members_are_numbers_and_words_and_hashes_are_texts():
    (member,) = of_members([1, "knee", "12e4"])
    assert member == 'member=[1,knee,"12e4"]'
    assert read(f"python3 run.py {shlex.quote(member)}") == {"member": [1, "knee", "12e4"]}
