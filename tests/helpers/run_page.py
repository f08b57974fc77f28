"""Report pages of made-up runs whose every text is hostile, for a browser."""

from __future__ import annotations

import math
import random
from pathlib import Path

from selenium.webdriver.common.by import By

from hybhanas.architecture import Architecture
from hybhanas.nas.classical import Baseline, Twin
from hybhanas.nas.evaluation import FAILED, STOPPED
from hybhanas.nas.front import FrontMember, ranked
from hybhanas.nas.importance import Importance
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.seeds import SeedScores
from hybhanas.nas.selection import select
from hybhanas.reporting.front_report import FrontReport
from hybhanas.reporting.page.content import RunReport
from hybhanas.reporting.page.document import write_page
from tests.helpers.synthetic import make_calibration, make_evaluation, physical_circuit

HOSTILE = "</script><script>window.taken=1</script><img src=http://127.0.0.1:9/ onerror=taken=1>"
TWO = Objectives(("error", "log10_total_s"), {"error": 1.0, "log10_total_s": 9.0}, {})
NOISY = {"accuracy": 0.9, "interval": [0.8, 0.95], "flips": 3}
VERIFIED = {
    "backend": HOSTILE, "calibration_date": "2026-01-01T00:00:00+00:00", "on": "aer",
    "verdict": "survives", "samples": 100, "shots": 4000, "predicted": 0.5, "seen": 0.6,
    "ideal": NOISY, "noisy": NOISY, "mitigated": NOISY,
}  # fmt: skip
TRANSPILED = [("sx", (2,))] * 19 + [("cz", (2, 1))]
CHARTS = ("front", "paths", "progress", "shares", "parameters", "couplings", "curve", "importance")


def evaluations(number: int, days: tuple[float, float] = (1e-4, 100)) -> list:
    """Architectures of all kinds, accuracies and times; every tenth was stopped or failed."""
    powers = [math.log10(86400 * one) for one in days]
    draw = random.Random(1)
    made = []
    for i in range(number):
        architecture = Architecture(
            qubits=draw.randint(2, 8), depth=draw.randint(1, 4), learning_rate=0.001 * (i + 1),
            rotations=draw.choice(["ry", "rz_ry_rz"]), entangler=draw.choice(["cx", "cz", "crx"]),
        )  # fmt: skip
        changes = {"architecture": architecture, "parameters": draw.randint(10, 5000)}
        if i % 20 == 0:
            changes |= {"status": FAILED, "reason": HOSTILE, "cost": None}
        elif i % 10 == 0:
            changes["status"] = STOPPED
        accuracy = None if i % 20 == 0 else draw.uniform(0.3, 0.99)
        made.append(make_evaluation(f"{i:05}", accuracy, 10 ** draw.uniform(*powers), **changes))
    return made


def page(path: Path, number: int, **times) -> dict:
    """A page of a run whose every text is hostile, and what it holds."""
    made = evaluations(number, **times)
    members = [
        FrontMember(e, e.validation_accuracy, e.validation_accuracy, "a.pt", 100, 100, "",
                    losses=[1.0, 0.5, 0.25], twin=Twin("classical twin", 0.99, 0.5, 40, "", 1),
                    seeds=[SeedScores(i, e.validation_accuracy + i / 100, 0.5) for i in (-1, 1)])
        for e in TWO.front(made)
    ]  # fmt: skip
    in_order = ranked(members, TWO)
    content = RunReport(
        folder="outputs/mine", data_name=HOSTILE, search_name="random", evaluations=made,
        front=FrontReport(in_order, select(in_order, TWO), [Baseline("SVM", 0.9, 0.9, 100, "C=1")]),
        objectives=TWO,
        summary={"calibration": {"name": HOSTILE, "repairs": [HOSTILE]}, "seed": 1},
        config=HOSTILE, calibration=make_calibration(4, [(0, 1), (1, 2), (2, 3)]),
        verdicts={in_order[0].evaluation.architecture.hash: HOSTILE},
        transpiled={
            one.evaluation.architecture.hash: physical_circuit(TRANSPILED)
            for one in in_order
        },
        verified={in_order[0].evaluation.architecture.hash: VERIFIED},
        importance=[
            Importance(name, 40, {"qubits": 0.7, "rotations": 0.2, "entangler": 0.05}, {})
            for name in ("error", "log10_total_s", "log10_p_survival")
        ],
    ).content()  # fmt: skip
    write_page(path, content)
    return content


def chosen_rows(browser) -> list[int]:
    marked = browser.find_elements(By.CSS_SELECTOR, "#members tr.chosen")
    return [int(row.get_attribute("data-at")) for row in marked]


def marked_dot(browser) -> int:
    return browser.execute_script(
        "const { data } = document.getElementById('front');"
        "return data.find((trace) => trace.name === 'chosen').customdata[0]"
    )
