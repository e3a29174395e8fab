"""Trains the three models of this example and writes them as ONNX.

    python make/train.py --flights ../../node_modules/vega-datasets/data/flights-3m.parquet

History is frozen on January and February (in prepare.sql), the models are fitted on March and April, May and June are
never looked at here: make/proof.py measures on them.
"""

import argparse
import pathlib

import duckdb
import lightgbm
import numpy
import onnxruntime
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType

HERE = pathlib.Path(__file__).resolve().parent
ROWS = 500_000
SEED = 7
TREES = 60
SETTINGS = dict(
    objective="binary", learning_rate=0.15, num_leaves=15, min_data_in_leaf=500, seed=SEED,
    num_threads=1, deterministic=True, force_row_wise=True, verbose=-1,
)

CALENDAR = ["hour", "weekday", "distance"]
HISTORY = ["origin_late_share", "destination_late_share"]

# name: features, and which flights the model learns from
MODELS = {
    # what runs today: calendar and the two frozen histories
    "champion": (CALENDAR + HISTORY, lambda flights: flights),
    # reads the airport's board of the day instead of its history; fitted where boards are full
    "challenger": (CALENDAR + ["board_late_share"], lambda flights: flights[flights.origin_flights_a_day >= 300]),
    # keeps the history, knows how much the board has to say, and learns from every airport
    "challenger_fixed": (
        CALENDAR + HISTORY + ["board_late_share", "board_landed", "origin_flights_a_day"],
        lambda flights: flights,
    ),
}


def prepared(path: str, since: str, until: str):
    """The table of prepare.sql for the flights of a period, as a data frame in file order."""
    connection = duckdb.connect()
    connection.execute(f"create view flights as select * from read_parquet('{path}')")
    connection.execute(f"set variable since = timestamp '{since}'; set variable until = timestamp '{until}'")
    connection.execute((HERE.parent / "prepare.sql").read_text())
    return connection.execute("select * from prepared order by flight").df()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--flights", required=True)
    arguments.add_argument("--out", default=str(HERE.parent / "models"))
    options = arguments.parse_args()
    flights = prepared(options.flights, "2001-03-01 04:00:00", "2001-05-01 04:00:00")
    for name, (features, keep) in MODELS.items():
        rows = keep(flights)
        rows = rows.sample(min(ROWS, len(rows)), random_state=SEED)
        booster = lightgbm.train(SETTINGS, lightgbm.Dataset(rows[features], rows.late), TREES)
        graph = convert_lightgbm(
            booster, initial_types=[("input", FloatTensorType([None, len(features)]))], zipmap=False, target_opset=15,
        )
        graph.graph.name = name
        file = pathlib.Path(options.out) / f"{name}.onnx"
        file.write_bytes(graph.SerializeToString())
        sample = flights[features].head(20_000)
        session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
        scored = session.run(["probabilities"], {"input": sample.to_numpy(numpy.float32)})[0][:, 1]
        differs = numpy.abs(scored - booster.predict(sample))
        print(f"{file.name}: {len(rows):,} flights, {file.stat().st_size / 1000:.0f} KB, {', '.join(features)}; "
              f"against LightGBM on 20,000 rows: median difference {numpy.median(differs):.1e}, "
              f"{(differs > 1e-4).sum()} rows above 1e-4")


if __name__ == "__main__":
    main()
