# lifetimes on the same CDNOW files; prints JSON.
import json, sys, time, warnings
warnings.filterwarnings('ignore')
import numpy as np, pandas as pd
from lifetimes import BetaGeoFitter, ParetoNBDFitter, GammaGammaFitter, BetaGeoBetaBinomFitter
folder = sys.argv[1]
d = pd.read_csv(folder + '/cdnow_customers_summary.csv')
z = pd.read_csv(folder + '/cdnow_customers_summary_with_transactions.csv')
g = pd.read_csv(folder + '/donations.csv')
out = {}
def run(name, fit):
    t = time.time()
    try:
        f = fit()
        out[name] = list(map(float, f.params_))
        out[name + 'Ms'] = 1000 * (time.time() - t)
        return f
    except Exception as e:
        out[name] = None
        sys.stderr.write(f'{name}: {e}\n')
f = run('bg', lambda: BetaGeoFitter().fit(d['frequency'], d['recency'], d['T']))
out['expected'] = list(map(float, f.expected_number_of_purchases_up_to_time(np.array([.1429, 1, 3, 31.8571, 32, 78]))))
p = run('pareto', lambda: ParetoNBDFitter().fit(d['frequency'], d['recency'], d['T']))
z = z[z['x'] > 0]
run('gg', lambda: GammaGammaFitter().fit(z['x'], z['zbar']))
run('bb', lambda: BetaGeoBetaBinomFitter().fit(g['frequency'], g['recency'], g['periods'], g['weights']))
print(json.dumps(out))
