# LightGBM and scikit-learn on the same folds and rows; prints JSON.
import json, sys, time
import numpy as np

def telco(path):
    import lightgbm as lgb, pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.compose import make_column_transformer
    from sklearn.preprocessing import OneHotEncoder, StandardScaler
    from sklearn.metrics import roc_auc_score, log_loss
    job = json.load(open(path))
    d = pd.read_csv(job['file'])
    d['TotalCharges'] = pd.to_numeric(d['TotalCharges'], errors='coerce')
    y = (d.pop('Churn') == 'Yes').astype(int).values
    d = d.drop(columns=['customerID'])
    cats = [c for c in d.columns if not pd.api.types.is_numeric_dtype(d[c])]
    g = d.copy()
    for c in cats: g[c] = g[c].astype('category')
    l = d.copy(); l['TotalCharges'] = l['TotalCharges'].fillna(0)
    part = np.array(job['part'])  # fold of each row
    held = np.array(job['held'])  # 1: early stopping when its fold is learnt from
    p = job['params']
    out = {'lr': [], 'lrLoss': [], 'lgb': [], 'lgbLoss': [], 'trees': []}
    for k in range(job['folds']):
        tr, te = part != k, part == k
        fit, stop = tr & (held == 0), tr & (held == 1)
        pre = make_column_transformer((OneHotEncoder(handle_unknown='ignore'), cats), remainder=StandardScaler())
        m = LogisticRegression(max_iter=5000).fit(pre.fit_transform(l[tr]), y[tr])
        q = m.predict_proba(pre.transform(l[te]))[:, 1]
        out['lr'].append(roc_auc_score(y[te], q)); out['lrLoss'].append(log_loss(y[te], q))
        b = lgb.LGBMClassifier(n_estimators=p['treesMax'], learning_rate=p['learningRate'], num_leaves=p['leavesMax'],
            min_child_samples=p['leafRowsMin'], reg_lambda=p['l2'], max_depth=p['depthMax'], n_jobs=1, verbose=-1, deterministic=True, force_row_wise=True)
        b.fit(g[fit], y[fit], eval_set=[(g[stop], y[stop])], eval_metric='logloss', callbacks=[lgb.early_stopping(p['patience'], verbose=False)])
        q = b.predict_proba(g[te])[:, 1]
        out['lgb'].append(roc_auc_score(y[te], q)); out['lgbLoss'].append(log_loss(y[te], q)); out['trees'].append(b.best_iteration_)
    return out

def speed(path, rows, columns):
    import lightgbm as lgb
    raw = np.fromfile(path, dtype='<f8').reshape(columns + 1, rows)
    x, y = np.ascontiguousarray(raw[:columns].T), raw[columns]
    p = dict(objective='binary', num_leaves=31, learning_rate=.1, max_bin=255, num_threads=1, verbose=-1, lambda_l2=0, max_depth=12)
    best = None
    for _ in range(2):
        a = time.process_time()
        d = lgb.Dataset(x, y, params=dict(max_bin=255, num_threads=1, verbose=-1)).construct()
        b = time.process_time()
        m = lgb.train(p, d, num_boost_round=100)
        c = time.process_time()
        best = min(best or (9e9, 9e9), (c - a, c - b))
    q = np.clip(m.predict(x, num_threads=1), 1e-7, 1 - 1e-7)
    return {'all': best[0], 'train': best[1], 'loss': float(-np.mean(y * np.log(q) + (1 - y) * np.log(1 - q)))}

print(json.dumps(telco(sys.argv[2]) if sys.argv[1] == 'telco' else speed(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
