# ChannelAttribution on the same paths; prints JSON.
import contextlib, io, json, sys
import pandas as pd
d = pd.read_csv(sys.argv[1])
with contextlib.redirect_stdout(io.StringIO()):
    from ChannelAttribution import heuristic_models, markov_model
    h = heuristic_models(d, 'path', 'total_conversions', var_value='total_conversion_value')
    m = markov_model(d, 'path', 'total_conversions', var_null='total_null')
m = m['result'] if isinstance(m, dict) else m
out = {}
for _, r in h.iterrows():
    out[r['channel_name']] = {k: float(r[k + '_touch_conversions' if k != 'linear' else 'linear_touch_conversions']) for k in ('first', 'last', 'linear')}
col = [c for c in m.columns if 'conversion' in c][0]
for _, r in m.iterrows():
    out.setdefault(r['channel_name'], {})['markov1'] = float(r[col])
print(json.dumps(out))
