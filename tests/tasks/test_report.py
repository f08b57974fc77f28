"""task=report, and the same page at the end of a search: what it holds of the run."""

from __future__ import annotations

import json
import shutil

import pytest

from hybhanas.errors import ConfigError
from hybhanas.tasks.report import report
from tests.helpers import rows
from tests.helpers.pages import Page

HOSTILE = "</script><script>document.title='taken'</script><img src=x onerror=alert(1)>"


@pytest.fixture
def run(smoke, tmp_path):
    """A copy of a finished run, to be written to."""
    return shutil.copytree(smoke, tmp_path / "run", ignore=shutil.ignore_patterns("wandb"))


def again(run, composed, tmp_path) -> Page:
    """The page of a run as the task writes it."""
    return Page(report(composed("task=report", f"run={run}"), tmp_path / "nothing"))


def test_the_page_of_a_search_holds_the_front_as_pareto_json_has_it(smoke):
    content = Page(smoke / "report.html").content
    front = json.loads((smoke / "pareto.json").read_text())
    known = content["evaluations"]
    assert len(content["members"]) == len(front) > 1
    for rank, (shown, member) in enumerate(zip(content["members"], front, strict=True), 1):
        at = shown["evaluation"]
        assert shown["rank"] == rank
        assert known["hash"][at] == member["architecture"]
        assert shown["final"]["accuracy"] == member["final_validation_accuracy"]
        assert shown["test"]["accuracy"] == member["test_accuracy"]
        assert known["values"]["accuracy"][at] == member["final_validation_accuracy"]
        assert known["values"]["qpu_s"][at] == member["cost"]["time"]["qpu_s"]
        assert known["values"]["effective_s"][at] == member["cost"]["time"]["effective_s"]
        assert known["bands"]["qpu_s"]["high"][at] == member["cost"]["time"]["qpu_high_s"]
        assert known["bands"]["cost_usd"]["low"][at] == member["cost"]["money"]["cost_low_usd"]
        assert known["parts"]["job_s"][at] == member["cost"]["parts"]["job_s"]
        assert shown["losses"] == member["losses"]
        assert len(shown["losses"]) == 40  # trainer.final_epochs
        assert {gene: column[at] for gene, column in known["genes"].items()} == {
            gene: member[gene] for gene in known["genes"]
        }


def test_it_holds_every_evaluation_in_the_order_of_the_search(smoke):
    known = Page(smoke / "report.html").content["evaluations"]
    table = rows(smoke / "evaluations.csv")
    assert known["hash"] == [row["architecture"] for row in table]
    assert known["status"] == [row["status"] for row in table]
    assert known["values"]["total_s"] == [float(row["total_s"]) for row in table]
    searched = [float(row["validation_accuracy"]) for row in table]
    assert known["values"]["search_accuracy"] == searched


def test_it_holds_selection_baselines_and_where_the_search_came_to(smoke):
    content = Page(smoke / "report.html").content
    selection = json.loads((smoke / "selection.json").read_text())
    assert content["selection"] == [
        {key: row[key] for key in ("word", "rank", "reason")} for row in selection
    ]
    baselines = json.loads((smoke / "baselines.json").read_text())
    assert [b["validation"]["accuracy"] for b in content["baselines"]] == [
        b["validation_accuracy"] for b in baselines
    ]
    end = json.loads((smoke / "run.json").read_text())
    assert content["summary"] == end
    assert content["progress"]["evaluations"][-1] == end["evaluations"] == 8
    assert content["progress"]["hypervolume"][-1] == pytest.approx(end["hypervolume"])
    assert content["progress"]["best_accuracy"][-1] == end["best_accuracy"]
    assert len(content["coupling_map"]["qubits"]) == 127


def test_few_evaluations_have_no_importance_of_genes_and_say_so(smoke):
    found = Page(smoke / "report.html").content["importance"]
    assert found["quantities"] == []
    assert found["reason"].startswith("8 evaluations of error are too few for importances")


def test_it_is_one_small_file_that_may_load_nothing(smoke):
    page = Page(smoke / "report.html")
    assert (smoke / "report.html").stat().st_size < 5e6
    assert not any("src" in attributes for _, attributes in page.tags)
    links = [a["href"] for _, a in page.tags if "href" in a]
    assert all(link.startswith("#") for link in links)
    (policy,) = [a["content"] for _, a in page.tags if "http-equiv" in a]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy.partition("style-src")[0]


def test_the_task_writes_the_page_of_the_search_again(run, composed, tmp_path):
    at_the_end = Page(run / "report.html").content
    (run / "report.html").unlink()
    content = again(run, composed, tmp_path).content
    assert content.pop("commands") != at_the_end.pop("commands")  # the folder is another
    for one in (*content["members"], *at_the_end["members"]):
        assert f"member={one['rank']}" in one.pop("commands")["verify"]
    assert content == at_the_end
    assert not (tmp_path / "nothing").exists()


def test_a_verdict_is_shown_once_a_contribution_was_examined(run, composed, tmp_path):
    first, *others = [m["architecture"] for m in json.loads((run / "pareto.json").read_text())]
    (run / "evidence").mkdir()
    (run / "evidence" / f"{first}.json").write_text('{"verdict": "It earns nothing."}')
    (run / "evidence" / f"{others[0]}.json").write_text("[")
    members = again(run, composed, tmp_path).content["members"]
    assert [m["verdict"] for m in members] == ["It earns nothing.", *[None] * len(others)]


def test_members_are_drawn_as_they_were_transpiled_for_their_cost(smoke):
    front = json.loads((smoke / "pareto.json").read_text())
    for shown, member in zip(Page(smoke / "report.html").content["members"], front, strict=True):
        cost, drawn = member["cost"]["circuit"], shown["transpiled"]
        on_two = [wires for _, _, wires, _, _ in drawn["gates"] if len(wires) == 2]
        assert len(drawn["qubits"]) == cost["qubits"]
        assert len(on_two) == cost["two_qubit_gates"]
        measured = len(drawn["measured"])
        assert drawn["all_gates"] + measured == cost["physical_instructions"]


@pytest.mark.parametrize("kept", ["[", '{"verdict": "survives"}', '{"noisy": {"accuracy": "nan"}}'])
def test_a_damaged_result_of_a_verification_is_left_out_with_a_warning(
    run, composed, tmp_path, caplog, kept
):
    first = json.loads((run / "pareto.json").read_text())[0]["architecture"]
    (run / "verified").mkdir()
    (run / "verified" / f"{first}.json").write_text(kept)
    members = again(run, composed, tmp_path).content["members"]
    assert [one["verified"] for one in members] == [None] * len(members)
    assert f"{first}.json is left out: " in caplog.text


def test_circuits_that_this_compiler_transpiles_otherwise_are_not_drawn(run, composed, tmp_path):
    for record in (run / "records").glob("*.json"):
        content = json.loads(record.read_text())
        content["cost"]["circuit"]["two_qubit_gates"] += 1
        record.write_text(json.dumps(content))
    members = again(run, composed, tmp_path).content["members"]
    assert [one["transpiled"] for one in members] == [None] * len(members)


def test_what_a_stranger_wrote_into_a_run_stays_text(run, composed, tmp_path):
    config = run / "config.yaml"
    config.write_text(config.read_text().replace("name: circles", f'name: "{HOSTILE}"'))
    end = json.loads((run / "run.json").read_text())
    name = f"{HOSTILE} \ud800"  # half of a surrogate pair, which UTF-8 cannot write
    end["calibration"] |= {"name": name, "repairs": [HOSTILE]}
    (run / "run.json").write_text(json.dumps(end))
    page = again(run, composed, tmp_path)
    assert page.content["title"] == f"{HOSTILE} on {name}"
    assert [tag for tag, _ in page.tags].count("script") == 3
    assert "img" not in [tag for tag, _ in page.tags]


def test_a_run_without_its_order_is_shown_with_a_warning(run, composed, tmp_path, caplog):
    (run / "evaluations.csv").unlink()
    content = again(run, composed, tmp_path).content
    assert len(content["evaluations"]["hash"]) == 8
    assert "the page lists architectures by key" in caplog.text


def test_a_run_that_has_not_finished_is_one_line(run, composed, tmp_path):
    (run / "pareto.json").unlink()
    with pytest.raises(ConfigError, match="pareto.json: No such file or directory; the folder of"):
        again(run, composed, tmp_path)
