"""Checks the story of this example without Umpire: area under the ROC curve per slice in May and June, difference to
the champion with a 95% interval over days (placement values summed by day, Student's t).

    python make/proof.py --flights ../../node_modules/vega-datasets/data/flights-3m.parquet

Prints the tables of README.md and writes make/proof.json, which a test compares with Umpire's own numbers.
"""

import argparse
import json
import pathlib

import numpy
import onnxruntime
import pandas
from scipy.stats import rankdata, t

from train import HERE, MODELS, prepared


def scores(name: str, features: list[str], flights) -> numpy.ndarray:
    session = onnxruntime.InferenceSession(str(HERE.parent / "models" / f"{name}.onnx"), providers=["CPUExecutionProvider"])
    return session.run(["probabilities"], {"input": flights[features].to_numpy(numpy.float32)})[0][:, 1]


def auc_with_influence(late: numpy.ndarray, score: numpy.ndarray) -> tuple[float, numpy.ndarray]:
    hit = late == 1
    rank, within = rankdata(score), numpy.empty(len(score))
    within[hit], within[~hit] = rankdata(score[hit]), rankdata(score[~hit])
    hits, misses = hit.sum(), (~hit).sum()
    placement = numpy.where(hit, (rank - within) / misses, 1 - (rank - within) / hits)
    auc = placement[hit].mean()
    return auc, (placement - auc) / numpy.where(hit, hits, misses)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--flights", required=True)
    flights = prepared(arguments.parse_args().flights, "2001-05-01 04:00:00", "2001-07-01")
    score = {name: scores(name, features, flights) for name, (features, _) in MODELS.items()}
    slices = {"all flights": numpy.ones(len(flights), bool)}
    for column in ("airport", "departure", "haul"):
        slices |= {f"{column}={value}": (flights[column] == value).to_numpy() for value in sorted(flights[column].unique())}
    record = []
    for slice_name, mask in slices.items():
        late, day = flights.late.to_numpy()[mask], flights.day[mask].to_numpy()
        champion, champion_influence = auc_with_influence(late, score["champion"][mask])
        row = dict(slice=slice_name, flights=int(mask.sum()), days=int(len(set(day))), late=float(late.mean()), champion=champion)
        for name in ("challenger", "challenger_fixed"):
            auc, influence = auc_with_influence(late, score[name][mask])
            by_day = pandas.Series(influence - champion_influence).groupby(day).sum()
            n = len(by_day)
            half = t.ppf(0.975, n - 1) * numpy.sqrt((by_day**2).sum() * n / (n - 1))
            row[name] = dict(auc=auc, difference=auc - champion, low=auc - champion - half, high=auc - champion + half)
        record.append(row)
    (HERE / "proof.json").write_text(json.dumps(record, indent=1) + "\n")
    print("| slice | flights | days | late | champion | challenger | challenger_fixed |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for row in record:
        cells = [f"{row[m]['auc']:.3f} ({row[m]['difference']:+.3f}; {row[m]['low']:+.3f} to {row[m]['high']:+.3f})" for m in ("challenger", "challenger_fixed")]
        print(f"| {row['slice']} | {row['flights']:,} | {row['days']} | {row['late']:.1%} | {row['champion']:.3f} | {' | '.join(cells)} |".replace("-0.", "−0."))


if __name__ == "__main__":
    main()
