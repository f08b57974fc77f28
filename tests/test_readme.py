"""The pages a newcomer follows: every command works as printed, every link leads somewhere."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from tests.helpers import ROOT

ELSEWHERE = (
    "docs/extending.md",
    "docs/searches.md",
    "docs/validation.md",
    "docs/benchmark.md",
    "docs/study.md",
)
"""Pages whose commands tests of their own run, or take hours."""

PAGES = {
    name: path.read_text()
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if (name := path.relative_to(ROOT).as_posix()) not in ELSEWHERE
}
RUN_BY_CI_ITSELF = {"make test", "apt-get install slurm-wlm munge"}
RUN_BY_TEST_SLURM = {"squeue"}  # and what names local_slurm.sh


def commands(page: str) -> list[str]:
    return [
        line.split("  #")[0].strip()
        for block in re.findall(r"```bash\n(.*?)```", PAGES[page], flags=re.DOTALL)
        for line in block.replace("\\\n", " ").splitlines()
        if line.strip() and not line.startswith("#")
    ]


ALL = [  # each once, however many pages have it
    command
    for command in dict.fromkeys(command for page in PAGES for command in commands(page))
    if command not in RUN_BY_CI_ITSELF | RUN_BY_TEST_SLURM and "local_slurm.sh" not in command
]
ON_SLURM = [command for command in ALL if "=slurm" in command]


def run(command: str, environment: dict[str, str] | None = None) -> None:
    outcome = subprocess.run(
        ["bash", "-ec", command],
        cwd=ROOT,
        # without the arguments of the make that runs the tests
        env={k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "ARGS")}
        | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=1500,
    )
    assert outcome.returncode == 0, outcome.stdout[-2000:] + outcome.stderr[-2000:]


def test_the_readme_leads_with_the_two_commands_and_a_picture_within_one_screen():
    assert commands("README.md")[:2] == ["make run", "make test"]
    first_screen = "\n".join(PAGES["README.md"].splitlines()[:60])
    assert "docs/pictures/front.png" in first_screen
    assert "Pareto front" in first_screen


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_points_to_exists(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", PAGES[page]):
        path = (ROOT / page).parent / target
        assert target.startswith("https://") or path.exists(), target


def test_commands_that_write_to_one_folder_are_the_same_command():
    by_folder: dict[str, set[str]] = {}
    for command in ALL:
        for folder in re.findall(r"hydra\.run\.dir=([^\s\"']+)", command):
            by_folder.setdefault(folder, set()).add(command)
    assert by_folder
    assert {folder: shared for folder, shared in by_folder.items() if len(shared) > 1} == {}


def test_what_ci_runs_itself_is_in_its_script():
    script = (ROOT / ".ci" / "run").read_text()
    assert all(command in script for command in ("make test", "make slurm", "slurm-wlm munge"))


@pytest.mark.slow
@pytest.mark.parametrize("command", [c for c in ALL if c not in ON_SLURM])
def test_every_command_of_a_page_works(command):
    run(command)


@pytest.mark.slurm
@pytest.mark.parametrize("command", ON_SLURM)
def test_every_command_for_slurm_works(command, slurm):
    run(command, slurm)
