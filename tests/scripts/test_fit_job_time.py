"""Jobs made from known constants give these constants back, and bad files one line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hybhanas.hydra_app.compose import composed
from hybhanas.tasks.setup import build
from scripts import fit_job_time as script
from scripts import job_time, page

MANY = {"job_overhead_s": 2.0, "circuit_overhead_s": 0.05, "execution_s": 3e-4, "layer_s": 4e-7}
ONE = {"job_overhead_s": 2.0, "program_loading_s": 1.5e-4}
TRUE = {"many": MANY, "one": ONE}


@pytest.fixture(autouse=True)
def a_short_bootstrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_time, "DRAWS", 20)


def write_jobs(path: Path, layout: str, noise: float = 0.0, rows: int = 200, seed: int = 1) -> Path:
    """Every job twice, of the constants above at 250 us between shots, with relative noise."""
    rng = np.random.default_rng(seed)
    lines = [",".join(job_time.HEADERS[layout])]
    for row in range(rows // 2):
        shots = int(rng.choice([1000, 4000, 20000]))
        if layout == "many":
            circuits = int(rng.choice([1, 20, 100]))
            depth = circuits * int(rng.integers(10, 1000))
            features = f"{depth // 2},{depth},{5 * circuits},{shots},{circuits}"
            seconds = 2 + 0.05 * circuits + 3e-4 * shots * circuits + 4e-7 * shots * depth
        else:
            loaded, circuit_s = int(rng.integers(1000, 300_000)), rng.uniform(1e-4, 5e-3)
            features = f"c{row},100,{shots},{loaded},{loaded // 6},{loaded // 10},{circuit_s!r}"
            seconds = 2 + max(shots * (250e-6 + circuit_s), 1.5e-4 * (loaded // 6))
        for _ in range(2):
            measured = seconds * max(1 + noise * rng.standard_normal(), 0.1)
            lines.append(f"{features},{float(measured)!r}")
    path.write_text("\n".join(lines) + "\n")
    return path


def fitted(jobs: job_time.Jobs) -> dict[str, float]:
    return job_time.fit(jobs, job_time.forms(jobs.layout)[job_time.FITTED])


@pytest.mark.parametrize("layout", TRUE)
def test_constants_without_noise_come_back(tmp_path: Path, layout: str) -> None:
    found = fitted(job_time.read(write_jobs(tmp_path / "jobs.csv", layout)))
    assert {name: found[name] for name in TRUE[layout]} == pytest.approx(TRUE[layout], rel=1e-3)


@pytest.mark.parametrize("layout", TRUE)
def test_constants_under_five_percent_noise_come_back_within_a_fifth(
    tmp_path: Path, layout: str
) -> None:
    path = write_jobs(tmp_path / "jobs.csv", layout, noise=0.05, rows=1000)
    found = fitted(job_time.read(path))
    assert {name: found[name] for name in TRUE[layout]} == pytest.approx(TRUE[layout], rel=0.2)
    result = script.report(path)
    assert max(s.median_error for s in result.scores["tested"][job_time.FITTED]) < 0.05
    for name, (value, low, high) in result.constants[job_time.FITTED].items():
        assert low <= value <= high, name


def test_a_few_slow_jobs_move_the_constants_less_than_least_squares_would(tmp_path: Path) -> None:
    path = write_jobs(tmp_path / "jobs.csv", "many")
    jobs = job_time.read(path)
    slow = np.where(np.arange(200) % 20 == 0, 2, 1)
    jobs = replace(jobs, seconds=jobs.seconds * slow)
    columns = job_time.terms(jobs)
    squares = np.linalg.lstsq(np.stack(list(columns.values()), 1), jobs.seconds, rcond=None)[0]
    found = fitted(jobs)["execution_s"]
    assert abs(found - 3e-4) < abs(squares[2] - 3e-4) / 2


def test_no_constant_is_negative(tmp_path: Path) -> None:
    lines = [",".join(job_time.HEADERS["many"])]  # the deeper, the shorter: a negative layer_s
    lines += [
        f"1,{depth},5,{shots},{circuits},{5 + circuits - depth / 500}"
        for depth in (10, 500, 1000)
        for circuits in (1, 2, 3)
        for shots in (1000, 4000)
    ]
    path = tmp_path / "jobs.csv"
    path.write_text("\n".join(lines))
    found = fitted(job_time.read(path))
    assert found["layer_s"] == 0
    assert min(found.values()) >= 0


def test_equal_jobs_are_never_in_both_halves(tmp_path: Path) -> None:
    jobs = job_time.read(write_jobs(tmp_path / "jobs.csv", "many", noise=0.1))
    for seed in range(5):
        first, second = script.halves(jobs, seed)
        assert len(first.seconds) + len(second.seconds) == 200
        assert len(first.seconds) == pytest.approx(100, abs=6)
        assert not set(map(tuple, first.features())) & set(map(tuple, second.features()))


def test_quick_formula_and_scores_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "jobs.csv"  # the formula says 2 + 0.00035 * 1000 * 10 = 5.5 s, and 2.35 s
    path.write_text(",".join(job_time.HEADERS["many"]) + "\n0,10,5,1000,10,5\n0,1,5,1000,1,4.7\n")
    score = job_time.judge(job_time.Form(), job_time.QUICK, job_time.read(path))
    assert score.mae_s == pytest.approx((0.5 + 2.35) / 2)
    assert score.median_error == pytest.approx((0.1 + 0.5) / 2)
    assert score.p90_error == pytest.approx(0.1 + 0.9 * 0.4)
    assert score.r2 == pytest.approx(1 - (0.5**2 + 2.35**2) / (2 * 0.15**2))
    assert score.within_20 == 0.5


def test_short_rows_judge_but_fit_nothing(tmp_path: Path) -> None:
    path = write_jobs(tmp_path / "jobs.csv", "many")
    before = fitted(job_time.read(path))
    with path.open("a") as file:
        file.write("5,10,5,8192,1,0.004\n")
    assert fitted(job_time.read(path)) == before
    [(fit, judged)] = script.report(path, path).pairs
    assert (len(fit.seconds), len(judged.seconds)) == (200, 201)


def test_a_file_gives_one_report(tmp_path: Path) -> None:
    path = write_jobs(tmp_path / "jobs.csv", "one", noise=0.1)
    first, again = (script.markdown(script.report(path)) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("layout", TRUE)
def test_written_option_composes_to_what_was_fitted(
    tmp_path: Path, layout: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_jobs(tmp_path / "jobs.csv", layout, noise=0.05)
    option = tmp_path / "cost_model" / "mine.yaml"
    assert script.main([str(path), "--write", str(option)]) == 0
    assert "cost_model=mine" in capsys.readouterr().out
    text = option.read_text()
    assert "python scripts/fit_job_time.py jobs.csv --write mine.yaml" in text
    assert "200 of the 200 rows of jobs.csv" in text
    assert str(tmp_path) not in text

    overrides = ["cost_model=mine", f"hydra.searchpath=[file://{tmp_path}]"]
    model = build("cost_model", composed(*overrides).cost_model)
    assert model.name == "mine"
    assert model.total == "qpu"
    written = script.report(path).written()
    assert list(written) == list(script.WRITTEN[layout][1])
    for name, (value, _, _) in written.items():
        assert getattr(model, name) == pytest.approx(value, rel=0.005)


def test_tables_name_the_test_file_and_align(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_jobs(tmp_path / "jobs.csv", "one", noise=0.05)
    judging = write_jobs(tmp_path / "others.csv", "one", noise=0.05, rows=40, seed=2)
    assert script.main([str(path), "--judge", str(judging)]) == 0
    printed = capsys.readouterr().out
    assert "Tested on others.csv: 40 jobs" in printed
    assert "| tested | IBM's quick formula " in printed
    for block in printed.split("\n\n")[1:]:
        assert len({len(line) for line in block.strip().splitlines()}) == 1


@pytest.mark.parametrize("layout", TRUE)
def test_the_page_gets_the_command_the_source_the_tables_and_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    part = f"job_time_{layout}"
    (docs / "validation.md").write_text(f"before\n<!-- {part} -->\n<!-- /{part} -->\nafter\n")
    monkeypatch.setattr(page, "DOCS", docs)
    monkeypatch.setattr(page, "PAGE", docs / "validation.md")
    path = write_jobs(tmp_path / "jobs.csv", layout, noise=0.05)
    assert script.main([str(path), "--page"]) == 0
    text = (docs / "validation.md").read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    filled = text.partition(f"<!-- {part} -->\n\n")[2]
    command = "python scripts/fit_job_time.py jobs.csv --page"
    assert filled.startswith(f"```bash\n{command}\n```\n\nData: `")
    assert "\n\n| jobs " in filled
    assert "\n\n| formula " in filled
    assert f"(pictures/{part}.png)\n\n<!-- /{part} -->" in filled
    assert (docs / "pictures" / f"{part}.png").read_bytes().startswith(b"\x89PNG")


MANY_HEADER = ",".join(job_time.HEADERS["many"])
ONE_HEADER = ",".join(job_time.HEADERS["one"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is no CSV file"),
        (MANY_HEADER, "no rows"),
        ("shots,seconds\n1,2\n", "unknown header"),
        (f"{MANY_HEADER}\n1,2,3,4,5\n", "row 1: seconds is ''"),
        (f"{MANY_HEADER}\n1,2,3,4,5,6,7\n", "is no CSV file"),
        (
            f"{MANY_HEADER}\n1,2,3,4,5,6\n1,,3,4,5,6\n",
            "row 2: depth is '', not a number of at least 0",
        ),
        (f"{MANY_HEADER}\n1,two,3,4,5,6\n", "depth is 'two', not a number of at least 0"),
        (f"{MANY_HEADER}\n1,nan,3,4,5,6\n", "depth is 'nan'"),
        (f"{MANY_HEADER}\n1,2,3,4,5,inf\n", "seconds is 'inf'"),
        (f"{MANY_HEADER}\n-1,2,3,4,5,6\n", "two_qubit_gates is '-1'"),
        (f"{MANY_HEADER}\n1,2,3,0,5,6\n", "shots is '0', not a number above 0"),
        (f"{MANY_HEADER}\n1,2,3,4,5,6\n1,2,3,4,5,7\n", "all jobs are equal"),
        (f"{MANY_HEADER}\n1,2,3,4,5,6\n2,2,3,4,5,7\n", "too few or too alike"),
        (f"{MANY_HEADER}\n1,2,3,4,5,1e-3\n2,2,3,4,5,2e-3\n", "0 rows to fit"),
        (f"{ONE_HEADER}\nghz,1,2,3,4,5,-6,7\n", "circuit_s is '-6'"),
        (f'{MANY_HEADER}\n"1,2,3,4,5,6\n', "is no CSV file"),
    ],
)
def test_a_bad_file_is_one_line_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, said: str
) -> None:
    path = tmp_path / "jobs.csv"
    path.write_text(content)
    assert script.main([str(path), "--write", str(tmp_path / "new.yaml")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    assert said in printed.err
    assert list(tmp_path.iterdir()) == [path]


def test_a_second_file_must_have_the_same_columns_and_be_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    many = str(write_jobs(tmp_path / "many.csv", "many"))
    one = str(write_jobs(tmp_path / "one.csv", "one"))
    assert script.main([many, "--judge", one]) == 2
    assert "has other columns than" in capsys.readouterr().err
    assert script.main([many, "--judge", str(tmp_path / "none.csv")]) == 2
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.parametrize("name", ["mine.yml", "1e5.yaml", "qpu_time.yaml"])
def test_names_that_do_not_fit_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = write_jobs(tmp_path / "jobs.csv", "many")
    assert script.main([str(path), "--write", str(tmp_path / name)]) == 2
    assert name in capsys.readouterr().err
    assert not (tmp_path / name).exists()
