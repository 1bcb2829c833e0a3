#!/usr/bin/python3
"""Sign-up: take_seat, beside Fastify + pg and pgbench.

    tests/bench/signup.py [--rounds 5] [--seconds 5]

An organisation of its own with 4,000 people, and for each measurement 2,400
sessions of twenty seats that nobody has sat on: each request is another
person in another session than its neighbours', and nobody is in two places
at once.  All in turns, the medians of the rounds.  wrk keeps 32 connections;
the peer and Hefboom have two processes each, without keys.  What is measured
begins when every connection has prepared its statements.  pgbench has eight
clients and fetches the three ids of its next sign-up in a transaction of its
own; the time of that, measured alone, is taken off.  Uses the folder of
run.py.
"""

import json
import os
import re
import subprocess
import time

import jwt

import run

PEOPLE, SEATS, HOURS, CLIENTS = 4000, 20, 12, 8
PAIRS = PEOPLE * HOURS  # a measurement's
WARM = 2
ROUTE = '/v1/sessions/{session_id}/seats'
CONTENDERS = ['Hefboom', 'Fastify + pg', 'pgbench pipelined', 'pgbench']
LUA = """
local pairs = io.open('%s')
request = function()
  local line = pairs:read('*l')
  if line == nil then return wrk.format('GET', '/v1/no-more-pairs') end
  local session, token = line:match('(%%S+) (%%S+)')
  return wrk.format('POST', '/v1/sessions/' .. session .. '/seats',
      {Authorization = 'Bearer ' .. token})
end
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('RESULT %%f %%f %%d %%d\\n',
      summary.requests / summary.duration * 1e6,
      latency:percentile(99) / 1000, summary.requests,
      e.status + e.timeout + e.connect + e.read + e.write))
end
"""


class Signup:
    def __init__(self, bench, rounds):
        self.bench = bench
        self.owner, self.runtime = run.prepare(bench)
        self.rounds = rounds
        self.next = 0  # the pair that nobody has used yet
        self.make()

    def make(self):
        here = os.path.join(run.HERE, 'generate_signup.sql')
        if not run.psql(self.owner, '-c', 'select 1 from organisation'
                        " where name = 'signup'"):
            self.bench.command('org', 'create', 'signup', '--title', 'Signup')
        print('making the sessions ...', flush=True)
        run.psql(self.owner, '-v', 'name=signup', '-v', 'people=%d' % PEOPLE,
                 '-v', 'seats=%d' % SEATS, '-v', 'hours=%d' % (
                     HOURS * self.rounds * len(CONTENDERS)), '-f', here)
        self.org = run.psql(self.owner, '-c', 'select id from organisation'
                            " where name = 'signup'")
        self.pairs = [line.split('|') for line in run.psql(
            self.owner, '-c', 'select session, n % ' + str(PEOPLE) +
            ' from bench_signup order by n').split('\n')]
        with open(os.path.join(self.bench.data, 'secret'), 'rb') as stream:
            secret = stream.read()
        now = int(time.time())
        self.tokens = [jwt.encode(
            {'iss': 'hefboom', 'aud': 'hefboom', 'sub': 'signup%d' % n,
             'org': 'signup', 'roles': ['member'], 'iat': now,
             'exp': now + 86400}, secret, algorithm='HS256')
            for n in range(PEOPLE)]

    def wrk(self, first, count, seconds, port):
        path = os.path.join(self.bench.data, 'pairs')
        with open(path, 'w') as stream:
            for session, person in self.pairs[first:first + count]:
                stream.write('%s %s\n' % (session, self.tokens[int(person)]))
        with open(path + '.lua', 'w') as stream:
            stream.write(LUA % path)
        text = run.run('wrk', '-t1', '-c32', '-d%ds' % seconds, '--timeout',
                       '10s', '-s', path + '.lua',
                       'http://127.0.0.1:%d' % port)
        rate, p99, sent, bad = re.search(
            r'RESULT (\S+) (\S+) (\S+) (\S+)', text).groups()
        if int(bad):
            raise SystemExit('%s of %s sign-ups failed' % (bad, sent))
        taken = int(run.psql(self.owner, '-c', "select count(*) from seat s"
                    " join bench_signup b on b.session = s.session_id and"
                    " b.person = s.person_id where s.org_id = '%s' and s.state"
                    " = 'confirmed' and b.n >= %d and b.n < %d" % (
                        self.org, first, first + count)))
        if not int(sent) <= taken <= int(sent) + 32:
            raise SystemExit('%s answers, %d seats' % (sent, taken))
        return float(rate), float(p99)

    def server(self, port):
        """Some pairs warm it, the others are measured."""
        first, warm = self.next, PAIRS * WARM // (WARM + 8)
        self.next += PAIRS
        self.wrk(first, warm, WARM, port)
        return self.wrk(first + warm, PAIRS - warm, self.bench.seconds, port)

    def pgbench(self, script):
        first = self.next
        self.next += PAIRS
        return pgbench(self.runtime, script, self.bench.seconds, first)


def pgbench(url, script, seconds, first):
    """Transactions a second when all is prepared."""
    found = subprocess.run(
        ['/usr/lib/postgresql/15/bin/pgbench', '-n', '-M', 'prepared',
         '-c', str(CLIENTS), '-j', '1', '-T', str(WARM + seconds), '-P', '1',
         '-D', 'n=0', '-D', 'first=%d' % first, '-f', script, url],
        check=True, text=True, capture_output=True)
    rates = re.findall(r'progress: ([\d.]+) s, ([\d.]+) tps', found.stderr)
    rates = [float(rate) for at, rate in rates if float(at) > WARM + 0.5]
    return sum(rates) / len(rates)


def scripts(data, org, count):
    """The look-up alone, and the statements pipelined and not."""
    look = ('\\set i (:first + :n * %d + :client_id) %% %d\n\\set n :n + 1\n'
            'select person, session, new_id from bench_signup'
            ' where n = :i \\gset\n' % (CLIENTS, count))
    values = {'auth.org': run.literal(org), 'auth.person': ':person',
              'auth.language': "'en'", 'path.session_id': ':session',
              'new.id': ':new_id', 'body': 'null', 'arg.lane_ms': "'5000'",
              'arg.plan': "'force_generic_plan'"}
    lines = run.pgbench_script(os.path.join(data, 'take_seat.sql'),
                               ('queries/seats', 'take_seat'), values)
    with open(lines) as stream:
        pipelined = stream.read()
    plain = pipelined.replace('\\startpipeline', 'begin;').replace(
        '\\endpipeline', 'end;')
    paths = []
    for name, text in (('look', look), ('pipelined', look + pipelined),
                       ('plain', look + plain)):
        paths.append(os.path.join(data, 'signup_%s.sql' % name))
        with open(paths[-1], 'w') as stream:
            stream.write(text)
    return paths


def peer_settings(signup, runtime):
    bench = signup.bench
    document = json.loads(bench.get('/openapi.json'))
    text, sources = run.statement('queries/seats', 'take_seat')
    parts = [part for part in text.split(';') if part.strip()]
    with open(os.path.join(bench.data, 'secret'), 'rb') as stream:
        secret = stream.read().hex()
    schema = document['paths'][ROUTE]['post']['responses']['201']['content'][
        'application/json']['schema']
    return {
        'secret': secret, 'database_url': run.runtime_url(runtime),
        'workers': run.WORKERS, 'connections': 8, 'port': run.PEER_PORT,
        'enter': run.statement('statements', 'enter')[0],
        'operations': [{
            'method': 'POST', 'status': 201, 'route': run.peer_route(ROUTE),
            'schema': run.inline(schema, document), 'list': False,
            'statements': [run.peer_statement('take_seat.%d' % n, part, sources)
                           for n, part in enumerate(parts)]}]}


def measure(signup):
    bench = signup.bench
    look, pipelined, plain = scripts(bench.data, signup.org,
                                     len(signup.pairs))
    path = os.path.join(bench.data, 'peer.json')
    with open(path, 'w') as stream:
        json.dump(peer_settings(signup, signup.runtime), stream)
    peer = subprocess.Popen(['node', os.path.join(run.HERE, 'peer',
                                                  'server.js'), path])
    try:
        time.sleep(3)
        return run.alternate(bench.rounds, {
            'Hefboom': lambda: signup.server(run.PORT),
            'Fastify + pg': lambda: signup.server(run.PEER_PORT),
            'pgbench pipelined': lambda: signup.pgbench(pipelined),
            'pgbench': lambda: signup.pgbench(plain),
            'the look-up alone': lambda: pgbench(
                signup.runtime, look, bench.seconds, 0),
            'pgbench -S': lambda: run.pgbench(signup.runtime, bench.seconds)})
    finally:
        peer.terminate()
        peer.wait(10)


def report(found):
    table = run.Table()
    print('| what | unit | median | each |\n|---|---|---|---|')
    rates = {name: run.median(values) for name, values in found.items()
             if name not in ('Hefboom', 'Fastify + pg')}
    for name in ('Hefboom', 'Fastify + pg'):
        table.add('sign-up: ' + name, '1/s', [one for one, _ in found[name]])
        table.add('sign-up: %s, p99' % name, 'ms',
                  [p99 for _, p99 in found[name]])
        rates[name] = run.median([one for one, _ in found[name]])
    look = rates['the look-up alone']
    for name in ('pgbench pipelined', 'pgbench'):
        found[name] = [1 / (1 / one - 1 / look) for one in found[name]]
        rates[name] = run.median(found[name])
        table.add('sign-up: %s, without its look-up' % name, '1/s',
                  found[name])
    table.add('the look-up alone', '1/s', found['the look-up alone'])
    table.add('pgbench -S -M prepared -c 8', '1/s', found['pgbench -S'])
    for name in ('Fastify + pg', 'pgbench pipelined', 'pgbench'):
        table.add('sign-up: Hefboom / ' + name, 'x',
                  [rates['Hefboom'] / rates[name]])


def main():
    with run.started(run.options(5, 5).parse_args()) as bench:
        report(measure(Signup(bench, bench.rounds)))


if __name__ == '__main__':
    main()
