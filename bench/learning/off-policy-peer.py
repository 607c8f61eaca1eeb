# The same figures in pandas, from the definition: argument 1 the random log, argument 2 the BTS log.
import json
import sys

import pandas as pd

random, bts = (pd.read_csv(path) for path in sys.argv[1:3])


def figures(log, target):
    weight = target / log["propensity_score"]
    return {
        "ips": float((weight * log["click"]).mean()),
        "snips": float((weight * log["click"]).sum() / weight.sum()),
        "ess": float(weight.sum() ** 2 / (weight**2).sum()),
    }


share = bts.groupby(["position", "item_id"]).size() / bts.groupby("position").size()
looked = pd.Series(list(zip(random["position"], random["item_id"]))).map(share.to_dict()).fillna(0.0)
print(json.dumps({"btsFromRandom": figures(random, looked), "randomFromBts": figures(bts, 1 / 34)}))
