"""pymc-marketing on the same files: how long it takes to fit, and what it finds where the truth is known.

Prints JSON: for each file the seconds of a fit with so many draws, and the means of what it learnt of each channel.
"""
import contextlib
import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")
import logging

logging.disable(logging.WARNING)
import numpy as np
import pandas as pd
from pymc_marketing.mmm import GeometricAdstock, LogisticSaturation, MMM

DRAWS = 300


def fit(path, date, target, channels, controls=None, waves=2):
    frame = pd.read_csv(path)
    frame[date] = pd.to_datetime(frame[date])
    if "t" not in frame:
        frame["t"] = np.arange(len(frame))
    y = frame[target].astype(float)
    began = time.perf_counter()
    model = MMM(
        date_column=date,
        channel_columns=channels,
        control_columns=controls,
        yearly_seasonality=waves,
        adstock=GeometricAdstock(l_max=8),
        saturation=LogisticSaturation(),
    )
    columns = [date, *channels, *(controls or [])]
    model.fit(
        X=frame[columns], y=y, draws=DRAWS, tune=DRAWS, chains=2, cores=1, random_seed=1, progressbar=False
    )
    seconds = time.perf_counter() - began
    mean = lambda name: [
        float(x) for x in np.atleast_1d(model.fit_result[name].mean(dim=("chain", "draw")).values)
    ]
    return {
        "seconds": seconds,
        "carryover": mean("adstock_alpha"),
        "steepness": mean("saturation_lam"),
        "ceiling": mean("saturation_beta"),
        "scale": [float(frame[c].max()) for c in channels],
    }


jobs = json.loads(sys.argv[1])
# Progress goes elsewhere: what is printed is the answer.
with contextlib.redirect_stdout(sys.stderr):
    fits = {name: fit(**job) for name, job in jobs.items()}
print(json.dumps(fits))
