"""How well sleep starts are found where the truth is known.

    python benchmarks/quality.py                 # everything, into out/quality
    python benchmarks/quality.py --count 4       # fewer nights of each maker and context
    python benchmarks/quality.py --development   # the seeds on which rules may be chosen
    python benchmarks/quality.py --floor         # the small set that the tests hold to its floor
    python benchmarks/quality.py --nights FOLDER # real recordings into which events are planted
    python benchmarks/quality.py --settings      # what the few settings that matter do

Nights come from two makers of different physics: ``driven`` (:mod:`recordings.synthetic`) and
``drawn`` (:mod:`second`). Defaults are chosen on development seeds and reported on others; likeness
is learnt from both makers, and what it is worth if learnt from the other one alone stands beside.
An event of a counted kind matches the planted sleep start whose peak is nearest to its own, within
half a second, one to one. A sleep start is *found* if there is an event, *due* if it lies in the
onset window about the true onset and is large enough to be counted.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from trial import figures as f
from trial import plots, psychometric, report, targets
from trial.comparing import AS_SHIPPED, FOREIGN, Held, Variant, judged
from trial.injection import Background, Found, background_row, one_pass, recordings_in
from trial.nights import MAKERS, Case, cases
from trial.variants import all_variants

from recordings.synthetic import DEVELOPMENT_SEEDS, VALIDATION_SEEDS

PROCESSES = 2
NIGHTS = 14
"""Of each maker and context: the whole then takes less than twenty minutes on two cores."""
SETTINGS_NIGHTS = 10
PASSES = 2
SAMPLES = Path(__file__).resolve().parents[1] / "recordings" / "samples"
FLOOR_NIGHTS = 3
FLOOR_CONTEXTS = ("healthy", "everything")


def measured(work: Sequence[Case], variants: Sequence[Variant] = (AS_SHIPPED,)) -> list[list[Held]]:
    """Judge every night, on as many cores as there are; the nights of each variant."""
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        nights = pool.map(partial(judged, variants=variants), work)
        return [list(each) for each in zip(*nights, strict=True)]


def floor_nights() -> list[Held]:
    """Judge the nights of the floor."""
    work = cases(VALIDATION_SEEDS, FLOOR_NIGHTS)
    return measured([case for case in work if case.context in FLOOR_CONTEXTS])[0]


def floor(nights: Sequence[Held]) -> dict[str, dict[str, float | None]]:
    """Return the figures that the tests hold, by maker."""
    makers = f.grouped(nights, lambda n: n.case.maker)
    return {maker: floor_figures(group) for maker, group in makers.items()}


def floor_figures(nights: Sequence[Held]) -> dict[str, float | None]:
    """Return what may only get better."""
    return {
        "recall_150_mg": f.recall(nights, 150, np.inf).value,
        "recall_due": f.recall_counted(nights).value,
        "ppv": f.ppv(nights).value,
        "false_per_night": f.false_counts(nights).value,
        "false_asleep_per_night": f.mean(nights, lambda n: n.false_asleep).value,
        "timing_p95_ms": f.timing(nights)["timing p95, ms"].value,
        "onset_mae_min": f.onset(nights)["onset MAE, min"].value,
        "headline_mae": f.headline(nights)["headline MAE"].value,
    }


def injected(folder: Path) -> tuple[list[dict[str, Any]], list[Found]]:
    """Plant events of both makers into every recording of a folder."""
    backgrounds = [Background.of(path) for path in recordings_in(folder)]
    work = [(b, maker, k) for b in backgrounds for maker in MAKERS for k in range(PASSES)]
    return [background_row(b) for b in backgrounds], [one_pass(*each) for each in work]


_GROUPINGS: dict[str, Callable[[Held], str]] = {
    "By context": lambda n: f"{n.case.maker}, {n.case.context}",
    "By device": lambda n: f"{n.case.device} {n.case.rate_hz:g} Hz",
}


def results(
    nights: Sequence[Held],
    foreign: Sequence[Held],
    backgrounds: list[dict[str, Any]],
    passes: list[Found],
) -> dict[str, Any]:
    """Return everything that is reported."""
    makers, apart = (f.grouped(each, lambda n: n.case.maker) for each in (nights, foreign))
    curves = {
        **{f"{maker} nights": f.sizes(group) for maker, group in makers.items()},
        **{f"{maker}, injected": _sizes(passes, maker) for maker in MAKERS},
    }
    curves = {name: curve for name, curve in curves.items() if len(curve[0])}
    fits = {name: psychometric.fitted(*curve) for name, curve in curves.items()}
    return {
        "targets": {
            **{f"{maker} nights": targets.of_nights(group) for maker, group in makers.items()},
            **_injected_targets(passes),
        },
        "groups": {
            name: {k: f.all_of(group) for k, group in f.grouped(nights, key).items()}
            for name, key in _GROUPINGS.items()
        },
        "look_alikes": {maker: f.look_alikes(group) for maker, group in makers.items()},
        "confusion": {maker: f.confusion(group) for maker, group in makers.items()},
        "confidence": {maker: f.reliability(group) for maker, group in makers.items()},
        "likeness": {maker: f.likeness_levels(group) for maker, group in makers.items()},
        "other_maker": _side_by_side({"by both": makers, "by the other": apart}),
        "anchors": {maker: f.anchors(group) for maker, group in makers.items()},
        "sizes": {
            name: {"D50_mg": fit and fit.size_mg(0.5), "D95_mg": fit and fit.size_mg(0.95)}
            for name, fit in fits.items()
        },
        "background": backgrounds,
        "injected": [asdict(p) for p in passes],
        "curves": curves,
    }


def _injected_targets(passes: Sequence[Found]) -> dict[str, list[targets.Target]]:
    of = f.grouped(passes, lambda p: p.maker)
    return {f"{maker}, injected": targets.of_injections(of[maker]) for maker in of}


def _side_by_side(ways: dict[str, dict[str, list[Held]]]) -> dict[str, Any]:
    """Return short figures by maker and way of judging."""
    return {
        f"{maker}, {way}": f.in_short(by_maker[maker])
        for maker in MAKERS
        for way, by_maker in ways.items()
    }


def _sizes(passes: Sequence[Found], maker: str) -> tuple[np.ndarray, np.ndarray]:
    chosen = [p for p in passes if p.maker == maker]
    size = np.array([s for p in chosen for s in p.size_mg], float)
    return size, np.array([k for p in chosen for k in p.found], bool)


def page(found: dict[str, Any]) -> str:
    """Return the results as Markdown."""
    parts = ["## Targets", report.targets(found["targets"])]
    for name, groups in found["groups"].items():
        parts += [f"## {name}", report.columns(groups, "figure")]
    for maker, rows in found["look_alikes"].items():
        parts += [f"## Look-alikes, {maker}", report.columns(_turned(rows), "planted")]
    for maker, rows in found["anchors"].items():
        parts += [f"## Anchors, {maker}", report.columns(_turned(rows), "rule")]
    parts += ["## Share of counts that were planted, by confidence"]
    parts += [report.columns(found["confidence"], "confidence")]
    parts += [
        "## Share of planted ones, by likeness",
        report.numbered(found["likeness"], "likeness"),
    ]
    parts += ["## Likeness learnt from the other maker alone"]
    parts += [report.columns(found["other_maker"], "figure")]
    for maker, counts in found["confusion"].items():
        parts += [f"## Kinds, {maker}", report.matrix(counts)]
    sizes = [[k, *(str(x) for x in v.values())] for k, v in found["sizes"].items()]
    parts += ["## Recall against size", report.table([["nights", "D50, mg", "D95, mg"], *sizes])]
    if found["background"]:
        rows = [[str(x) for x in row.values()] for row in found["background"]]
        parts += ["## Background of the real recordings"]
        parts += [report.table([list(found["background"][0]), *rows])]
    return "\n\n".join(parts) + "\n"


def settings_table(count: int) -> str:
    """Return figures of both makers' development nights for every setting a fifth off.

    On development seeds: who chooses by them must not have seen what quality is reported on.
    """
    variants = all_variants()
    nights = measured(cases(DEVELOPMENT_SEEDS, count), variants)
    rows = {
        variant.name: {
            f"{name}, {maker}": figure._replace(low=None, high=None)
            for name in f.in_short([])
            for maker, group in f.grouped(held, lambda n: n.case.maker).items()
            for figure in [f.in_short(group)[name]]
        }
        for variant, held in zip(variants, nights, strict=True)
    }
    return report.columns(_turned(rows), "settings")


def _turned(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    names = dict.fromkeys(name for row in rows.values() for name in row)
    return {name: {k: row[name] for k, row in rows.items() if name in row} for name in names}


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=NIGHTS, help="nights per maker and context")
    parser.add_argument("--development", action="store_true", help="use the development seeds")
    parser.add_argument("--settings", action="store_true", help="settings moved a fifth both ways")
    parser.add_argument("--floor", action="store_true", help="the small set of the tests")
    parser.add_argument("--nights", type=Path, default=SAMPLES, help="folder of real recordings")
    parser.add_argument("--out", type=Path, default=Path("out/quality"), help="folder of results")
    asked = parser.parse_args()
    if asked.floor:
        print(json.dumps(floor(floor_nights()), indent=2))
        return
    if asked.settings:
        print(settings_table(min(asked.count, SETTINGS_NIGHTS)))
        return
    seeds = DEVELOPMENT_SEEDS if asked.development else VALIDATION_SEEDS
    nights, foreign = measured(cases(seeds, asked.count), (AS_SHIPPED, FOREIGN))
    found = results(nights, foreign, *injected(asked.nights))
    curves = found.pop("curves")
    asked.out.mkdir(parents=True, exist_ok=True)
    text = page(found)
    (asked.out / "quality.md").write_text(text, encoding="utf-8")
    stored = json.dumps(report.plain(found), indent=2) + "\n"
    (asked.out / "quality.json").write_text(stored, encoding="utf-8")
    plots.write(asked.out / "quality.html", f.grouped(nights, lambda n: n.case.maker), curves)
    print(text)


if __name__ == "__main__":
    main()
