#!/usr/bin/python3
"""Home and the lists, with 100,000 people and three years of activity.

    tests/bench/activity.py [--rounds 3] [--seconds 5]

Eight connections, fifty people in turns; p50 and p99 as wrk tells, medians of
the rounds, beside `pgbench -S -M prepared -c 8` of the same minutes.  One
second of each path goes before and is printed apart: every connection plans a
statement when it meets it first.  Uses the folder of run.py, which makes the
people.
"""

import os
import statistics
import tempfile

import run

PATHS = ['/v1/me/home', '/v1/me/notifications', '/v1/me/skills',
         '/v1/me/seats', '/v1/me/exchanges', '/v1/sessions',
         '/v1/sessions?mine=hosting', '/v1/sessions?state=polled',
         '/v1/goals', '/v1/goals?part=owner', '/v1/feedback?direction=received',
         '/v1/feedback?direction=given',
         '/v1/feedback-requests?direction=received',
         '/v1/people', '/v1/teams', '/v1/skills']
LUA = """
local tokens = {%s}
local n = 0
request = function()
  n = n + 1
  return wrk.format('GET', nil,
      {Authorization = 'Bearer ' .. tokens[n %% #tokens + 1]})
end
done = function(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.timeout
  io.write(string.format('RESULT %%f %%f %%f %%d\\n',
      summary.requests / summary.duration * 1e6,
      latency:percentile(50) / 1000, latency:percentile(99) / 1000, bad))
end
"""


def prepare(bench):
    owner, runtime = run.prepare(bench)
    if not run.psql(owner, '-c', 'select 1 from goal limit 1'):
        print('making three years of activity ...', flush=True)
        run.psql(owner, '-v', 'name=bench', '-f',
                 os.path.join(run.HERE, 'generate_activity.sql'))
    return owner, runtime


def tokens_of(bench):
    return [bench.command('token', '--org', 'bench', '--person',
                          'person%d' % (1 + n * 1999), '--role', 'member',
                          '--ttl', '1d').strip() for n in range(50)]


def script(tokens):
    return LUA % ', '.join("'%s'" % one for one in tokens)


def measure(path, script, seconds):
    text = run.run('wrk', '-t1', '-c8', '-d%ds' % seconds, '-s', script,
                   'http://127.0.0.1:%d%s' % (run.PORT, path))
    line = [one for one in text.split('\n') if one.startswith('RESULT')][0]
    rate, p50, p99, bad = map(float, line.split()[1:])
    return rate, p50, p99, int(bad)


def main():
    with run.started(run.options(3, 5).parse_args()) as bench:
        _, runtime = prepare(bench)
        with tempfile.NamedTemporaryFile('w', suffix='.lua') as stream:
            stream.write(script(tokens_of(bench)))
            stream.flush()
            compare(bench, stream.name, runtime)


def compare(bench, script, runtime):
    first = {path: measure(path, script, 1) for path in PATHS}
    found = {path: [] for path in PATHS}
    yardstick = []
    for _ in range(bench.rounds):
        for path in PATHS:
            found[path].append(measure(path, script, bench.seconds))
        yardstick.append(run.pgbench(runtime, bench.seconds))
    print('| path | 1/s | p50 ms | p99 ms | p99 of the first second | errors |\n'
          '|---|---|---|---|---|---|')
    for path, each in found.items():
        rate, p50, p99 = (statistics.median(x) for x in list(zip(*each))[:3])
        print('| `%s` | %.0f | %.1f | %.1f | %.1f | %d |' % (
            path, rate, p50, p99, first[path][2],
            sum(one[3] for one in each)), flush=True)
    print('`pgbench -S`: %.0f/s' % statistics.median(yardstick))


if __name__ == '__main__':
    main()
