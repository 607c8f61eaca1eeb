# VowpalWabbit on the same streams; prints JSON. Its native parser reads files: no example passes through Python.
import json, os, resource, sys, tempfile
import vowpalwabbit

def run(arguments):
    workspace = vowpalwabbit.Workspace(arguments + ' --quiet')
    loss = workspace.get_sum_loss() / max(1, workspace.get_weighted_examples())
    workspace.finish()
    return loss

# cbify makes a bandit of labelled rows: it shows a row, draws a class, tells only whether that was right.
def quality(job):
    out = {}
    for name, data in job['sets'].items():
        rows = []
        for setting in job['settings']:
            flags = f"--cbify {data['classes']} --cb_explore_adf {setting['flags']}"
            rows.append({'name': setting['name'], 'errors': [run(f'{flags} --random_seed {seed} -d {path}') for seed, path in data['files'].items()]})
        out[name] = {'settings': rows}
        if job['oaa']:
            out[name]['oaa'] = min(sum(run(f"--oaa {data['classes']} -l {rate} -d {path}") for path in data['files'].values()) / len(data['files']) for rate in (0.25, 0.5, 1))
    return out

def seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime

# Processor seconds of the whole process, its parsing thread included, from a cache already parsed and hashed.
def speed(job):
    if hasattr(os, 'sched_setaffinity'):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    out = {}
    for shape, data in job['shapes'].items():
        out[shape] = {}
        for policy in job['policies']:
            flags = f"--cb_explore_adf {policy} {data['flags']} -b 18"
            cache = os.path.join(tempfile.mkdtemp(), 'cache')
            source = f"-d {data['file']} --cache_file {cache}"
            before = seconds()
            run(f'{flags} {source} -k')
            from_text = data['examples'] / (seconds() - before)
            rates = {'text': from_text}
            for what, more in (('learn', ''), ('predict', '-t')):
                best = 0
                for _ in range(job['rounds']):
                    before = seconds()
                    run(f'{flags} {more} {source}')
                    best = max(best, data['examples'] / (seconds() - before))
                rates[what] = best
            out[shape][policy] = rates
    return out

job = json.load(open(sys.argv[2]))
print(json.dumps({'version': vowpalwabbit.__version__, 'result': quality(job) if sys.argv[1] == 'quality' else speed(job)}))
