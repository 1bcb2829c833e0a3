#!/usr/bin/python3
"""The benchmarks: Hefboom and its peers side by side, on one database.

    ./dev bench              everything, medians of five, alternating
    ./dev bench --rounds 1   a look

Needs a release build, wrk, pgbench and Node.js; makes its own data folder
with the ESCO catalogue (where its files are), 100,000 people and 1,000,000
claims, and keeps it for the next run.
"""

import argparse
import contextlib
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PORT = int(os.environ.get('HEFBOOM_BENCH_PORT', 8181))
PEER_PORT = PORT + 1
WORKERS = 2
SECONDS = 5
TYPES = {'auth.org': '::uuid', 'auth.person': '::uuid', 'new.id': '::uuid',
         'path.session_id': '::uuid', 'body': '::jsonb'}


def run(*command, **options):
    return subprocess.run(command, check=True, text=True,
                          capture_output=True, **options).stdout


def statement(folder, name):
    """A file of sql/ with $1, $2, ... in its parameters' places, the first
    page of its first order, and without its optional lines."""
    with open('%s/sql/%s/%s.sql' % (ROOT, folder, name)) as stream:
        text = re.sub(r'--[^\n]*', '', stream.read())
    lines = [line for line in text.split('\n')
             if not line.lstrip().startswith('/*?')]
    sources = []

    def place(match):
        if match.group(1) is None:
            return match.group(0)
        if match.group(1) not in sources:
            sources.append(match.group(1))
        return '$%d%s' % (sources.index(match.group(1)) + 1,
                          TYPES.get(match.group(1), ''))
    text = re.sub(r':page(\(\w+\))?', 'true', '\n'.join(lines))
    text = re.sub(r"'[^']*'|(?<!:):([a-z_]+(?:\.\w+)?)(?!\w|\()", place, text)
    return text, sources


class Bench:
    def __init__(self, arguments):
        self.rounds = arguments.rounds
        self.seconds = arguments.seconds
        self.data = os.path.abspath(arguments.data)
        self.binary = os.path.join(ROOT, 'build', 'hefboom')
        self.esco = arguments.esco
        self.server = None
        self.imported = None

    def environment(self):
        return dict(os.environ, HEFBOOM_DATA=self.data,
                    HEFBOOM_LISTEN='127.0.0.1:%d' % PORT,
                    HEFBOOM_WORKERS=str(WORKERS), HEFBOOM_LOG_LEVEL='error',
                    HEFBOOM_RATE_PERSON='100000000',
                    HEFBOOM_RATE_CLIENT='100000000')

    def command(self, *words):
        return run(self.binary, *words, env=self.environment())

    def start(self):
        begun = time.monotonic()
        self.server = subprocess.Popen([self.binary, 'serve'],
                                       env=self.environment(),
                                       stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
        while True:
            try:
                self.get('/readyz')
                return time.monotonic() - begun
            except OSError:
                if self.server.poll() is not None:
                    sys.exit('the server did not start')
                time.sleep(0.01)

    def stop(self):
        self.server.send_signal(signal.SIGTERM)
        self.server.wait(60)

    def get(self, path, token=None, port=PORT):
        headers = {'Authorization': 'Bearer ' + token} if token else {}
        request = urllib.request.Request(
            'http://127.0.0.1:%d%s' % (port, path), headers=headers)
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.read()

    def children(self):
        """pid -> name, of the server's own processes and PostgreSQL's."""
        found = {}
        todo = [self.server.pid]
        while todo:
            pid = todo.pop()
            try:
                with open('/proc/%d/cmdline' % pid) as stream:
                    found[pid] = stream.read().replace('\0', ' ')
                with open('/proc/%d/task/%d/children' % (pid, pid)) as stream:
                    todo += [int(word) for word in stream.read().split()]
            except (FileNotFoundError, ProcessLookupError):
                pass
        return found

    def cpu(self):
        """pid -> (is it PostgreSQL's, seconds of CPU so far)."""
        ticks = os.sysconf('SC_CLK_TCK')
        found = {}
        for pid, name in self.children().items():
            try:
                with open('/proc/%d/stat' % pid) as stream:
                    fields = stream.read().rpartition(')')[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            found[pid] = ('postgres' in name,
                          (int(fields[11]) + int(fields[12])) / ticks)
        return found


def cpu_ratio(before, after):
    """Of the processes that were there all the time: ours to PostgreSQL's."""
    spent = {True: 0.0, False: 0.0}
    for pid, (theirs, seconds) in after.items():
        if pid in before:
            spent[theirs] += seconds - before[pid][1]
    return spent[False] / spent[True]


def wrk(url, token, connections, seconds, threads=1):
    text = run('wrk', '-t%d' % threads, '-c%d' % connections,
               '-d%ds' % seconds, '--latency',
               '-H', 'Authorization: Bearer ' + token, url)
    rate = float(re.search(r'Requests/sec:\s+([\d.]+)', text).group(1))
    number, unit = re.search(r'99%\s+([\d.]+)(us|ms|s)', text).groups()
    p99 = float(number) * {'us': 0.001, 'ms': 1, 's': 1000}[unit]
    bad = re.search(r'Non-2xx[^:]*: (\d+)', text)
    if bad:
        sys.exit('%s answered %s errors' % (url, bad.group(1)))
    return rate, p99


def pgbench(url, seconds, script=None, clients=8):
    command = ['/usr/lib/postgresql/15/bin/pgbench', '-n', '-M', 'prepared',
               '-c', str(clients), '-j', '1', '-T', str(seconds)]
    command += ['-f', script] if script else ['-S']
    text = run(*command, url)
    return float(re.search(r'tps = ([\d.]+) \(without', text).group(1))


def median(values):
    return statistics.median(values)


def find_cluster(data):
    """The owner's and the runtime role's address of the embedded cluster."""
    with open(os.path.join(data, 'postgresql', 'postmaster.pid')) as stream:
        folder = stream.read().split('\n')[4]
    address = 'host=%s dbname=hefboom user=%%s' % folder
    return address % 'hefboom_owner', address % 'hefboom'


def psql(url, *arguments):
    return run('psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1',
               *arguments, url).strip()


def prepare(bench):
    """The organisation `bench`, once for each data folder."""
    owner, runtime = find_cluster(bench.data)
    if psql(owner, '-c', "select 1 from organisation where name = 'bench'"):
        return owner, runtime
    print('making the organisation `bench` ...', flush=True)
    bench.command('org', 'create', 'bench', '--title', 'Bench')
    if not os.path.isdir(bench.esco):
        sys.exit('no ESCO files at %s (--esco DIR)' % bench.esco)
    begun = time.monotonic()
    importing = subprocess.Popen(
        [bench.binary, 'import', 'esco', bench.esco, '--org', 'bench'],
        env=bench.environment(), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(importing.pid, 0)
    importing.returncode = status
    if status != 0:
        sys.exit('the import failed')
    bench.imported = (time.monotonic() - begun, used.ru_maxrss / 1024)
    psql(owner, '-v', 'name=bench', '-f', os.path.join(HERE, 'generate.sql'))
    run('/usr/lib/postgresql/15/bin/pgbench', '-i', '-q', '-s', '10', owner)
    psql(owner, '-c', 'grant select on all tables in schema public to hefboom')
    return owner, runtime


def literal(value):
    return 'null' if value is None else "'%s'" % value.replace("'", "''")


def pgbench_script(path, operation, values):
    """enter and the operation's statements, pipelined, as the engine does."""
    lines = ['\\startpipeline']
    for folder, name in (('statements', 'enter'), operation):
        text, sources = statement(folder, name)
        for part in text.split(';'):
            if not part.strip():
                continue
            for number in range(len(sources), 0, -1):
                part = part.replace('$%d' % number,
                                    values[sources[number - 1]])
            lines.append(' '.join(part.split()) + ';')
    lines.append('\\endpipeline')
    with open(path, 'w') as stream:
        stream.write('\n'.join(lines) + '\n')
    return path


def peer_operation(folder, name, route, document, order):
    """The last statement and the response's schema, for the peer."""
    text, sources = statement(folder, name)
    part = text.split(';')[-1].replace(':order(s)', order)
    operation = document['paths'][route]['get']
    schema = operation['responses']['200']['content']['application/json']
    return {'method': 'GET', 'status': 200, 'route': peer_route(route),
            'statements': [peer_statement(name, part, sources)],
            'schema': inline(schema['schema'], document),
            'list': 'items' in str(schema)[:4000] and name.startswith('list')}


def peer_route(route):
    return re.sub(r'\{(\w+)\}', r':\1', route)


def peer_statement(name, part, sources):
    """One statement of a file, its parameters counted from $1."""
    used = sorted({int(n) for n in re.findall(r'\$(\d+)', part)})
    for place, number in enumerate(used, 1):
        part = re.sub(r'\$%d(?!\d)' % number, '$%d' % place, part)
    return {'name': name, 'text': part,
            'arguments': [sources[number - 1] for number in used]}


def inline(schema, document):
    if isinstance(schema, list):
        return [inline(part, document) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if '$ref' in schema:
        found = document
        for part in schema['$ref'][2:].split('/'):
            found = found[part.replace('~1', '/').replace('~0', '~')]
        return inline(found, document)
    return {key: inline(value, document) for key, value in schema.items()
            if key not in ('examples', 'example', 'description', 'format')}


class Table:
    def __init__(self):
        self.lines = []

    def add(self, name, unit, values):
        line = '| %s | %s | %s | %s |' % (
            name, unit, '%.4g' % median(values),
            ' '.join('%.4g' % value for value in values))
        self.lines.append(line)
        print(line, flush=True)


def alternate(rounds, measures):
    """name -> list, one value of each a round, in turns."""
    found = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure())
    return found


def reads(bench, table, owner, runtime):
    document = json.loads(bench.get('/openapi.json'))
    token = bench.command('token', '--org', 'bench', '--person', 'person1',
                          '--role', 'member', '--ttl', '1d').strip()
    org = psql(owner, '-c', "select id from organisation where name='bench'")
    person = psql(owner, '-c', "select id from person where org_id = '%s' "
                  "and user_name = 'person1'" % org)
    skill = psql(owner, '-c', "select id from skill where org_id = '%s' "
                 "and state = 'active' order by id offset 7000 limit 1" % org)
    busy = psql(owner, '-c', "select skill_id from claim where org_id = '%s' "
                "group by skill_id order by count(*) desc limit 1" % org)
    secret = open(os.path.join(bench.data, 'secret'), 'rb').read().hex()
    order = 's.level desc, s._lot desc, s.id desc'
    orders = document['paths']['/v1/skills/{skill_id}/people']['get'].get(
        'x-hefboom', {}).get('orders')
    if orders:
        keys = list(orders.values())[0]
        order = ', '.join('s.' + key.lstrip('-').split('::')[0] +
                          (' desc' if key.startswith('-') else '')
                          for key in keys)
    settings = {
        'secret': secret, 'database_url': runtime_url(runtime),
        'workers': WORKERS, 'connections': 8, 'port': PEER_PORT,
        'enter': statement('statements', 'enter')[0],
        'operations': [
            peer_operation('queries/skills', 'get_skill', '/v1/skills/{skill_id}',
                           document, order),
            peer_operation('queries/claims', 'list_skill_people',
                           '/v1/skills/{skill_id}/people', document, order)]}
    path = os.path.join(bench.data, 'peer.json')
    with open(path, 'w') as stream:
        json.dump(settings, stream)
    peer = subprocess.Popen(['node', os.path.join(HERE, 'peer', 'server.js'),
                             path])
    try:
        time.sleep(3)
        values = {'auth.org': literal(org) + '::uuid',
                  'auth.person': literal(person) + '::uuid',
                  'auth.roles': "'{member}'::text[]",
                  'auth.language': "'en'", 'limit': '21',
                  'arg.lane_ms': "'2000'",
                  'arg.plan': "'force_generic_plan'"}
        for title, operation, wanted, tail in (
                ('one skill by id', ('queries/skills', 'get_skill'), skill, ''),
                ('20 who can help', ('queries/claims', 'list_skill_people'), busy,
                 '/people?limit=20')):
            values['path.skill_id'] = literal(wanted) + '::uuid'
            script = pgbench_script(
                os.path.join(bench.data, operation[1] + '.sql'), operation,
                values)
            with open(script) as stream:
                text = stream.read().replace(':order(s)', order)
            with open(script, 'w') as stream:
                stream.write(text)
            url = 'http://127.0.0.1:%d/v1/skills/' + wanted + tail
            compare(bench, table, title, url, token, script, runtime)
    finally:
        peer.terminate()
        peer.wait(10)


def runtime_url(runtime):
    parts = dict(word.split('=') for word in runtime.split())
    return 'postgresql://%(user)s@/%(dbname)s?host=%(host)s' % parts


def compare(bench, table, title, url, token, script, runtime):
    own, theirs, cpu = [], [], []

    def hefboom():
        before = bench.cpu()
        rate, p99 = wrk(url % PORT, token, 32, bench.seconds)
        after = bench.cpu()
        own.append(p99)
        cpu.append(cpu_ratio(before, after))
        return rate

    def fastify():
        rate, p99 = wrk(url % PEER_PORT, token, 32, bench.seconds)
        theirs.append(p99)
        return rate

    found = alternate(bench.rounds, {
        'Hefboom': hefboom,
        'Fastify + pg': fastify,
        'pgbench, the same statements pipelined':
            lambda: pgbench(runtime, bench.seconds, script),
        'pgbench -S -M prepared -c 8':
            lambda: pgbench(runtime, bench.seconds)})
    for name, values in found.items():
        table.add('%s: %s' % (title, name), '1/s', values)
    table.add(title + ': Hefboom p99', 'ms', own)
    table.add(title + ': Fastify + pg p99', 'ms', theirs)
    rates = {name: median(values) for name, values in found.items()}
    table.add(title + ': Hefboom / Fastify', 'x',
              [rates['Hefboom'] / rates['Fastify + pg']])
    table.add(title + ': Hefboom / pgbench pipelined', 'x',
              [rates['Hefboom'] /
               rates['pgbench, the same statements pipelined']])
    table.add(title + ": CPU, Hefboom's processes / PostgreSQL's", 'x',
              cpu)


def pss(pids):
    """(PSS, private dirty) of these processes, in MB."""
    total = dirty = 0
    for pid in pids:
        with open('/proc/%d/smaps_rollup' % pid) as stream:
            for line in stream:
                if line.startswith('Pss:'):
                    total += int(line.split()[1])
                elif line.startswith('Private_Dirty:'):
                    dirty += int(line.split()[1])
    return total / 1024, dirty / 1024


def memory(bench, table):
    import resource
    import socket
    resource.setrlimit(resource.RLIMIT_NOFILE,
                       (min(65536, resource.getrlimit(
                           resource.RLIMIT_NOFILE)[1]),) * 2)
    own = [pid for pid, name in bench.children().items()
           if 'postgres' not in name]
    workers = [pid for pid in own if pid != bench.server.pid]
    dirty = [pss([pid])[1] for pid in workers]
    table.add('private dirty of each forked process, idle', 'MB', dirty)
    sockets = []
    for _ in range(10000):
        one = socket.create_connection(('127.0.0.1', PORT))
        one.sendall(b'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
        sockets.append(one)
    for one in sockets:
        one.recv(4096)
    table.add("PSS of Hefboom's processes, 10,000 idle connections", 'MB',
              [pss(own)[0]])
    table.add("PSS of all processes, PostgreSQL's too", 'MB',
              [pss(bench.children())[0]])
    for one in sockets:
        one.close()


def measure(bench, table):
    bench.start()
    owner, runtime = prepare(bench)
    bench.stop()
    table.add('start to first answer, existing data', 's',
              [restart(bench) for _ in range(bench.rounds)])
    if bench.imported:
        table.add('ESCO import', 's', [bench.imported[0]])
        table.add('ESCO import, most memory of the command', 'MB',
                  [bench.imported[1]])
    bench.start()
    memory(bench, table)
    reads(bench, table, owner, runtime)
    bench.stop()


def options(rounds, seconds):
    """What each measurement may be told."""
    parser = argparse.ArgumentParser()
    parser.add_argument('--rounds', type=int, default=rounds)
    parser.add_argument('--seconds', type=int, default=seconds)
    parser.add_argument('--data', default='/var/tmp/hefboom-bench')
    parser.add_argument('--esco', default=os.path.join(
        os.path.dirname(ROOT), 'shared', 'data', 'esco'))
    return parser


@contextlib.contextmanager
def ended(bench):
    """Its server does not outlive the block."""
    os.makedirs(bench.data, exist_ok=True)
    try:
        yield bench
    finally:
        if bench.server and bench.server.poll() is None:
            bench.stop()


@contextlib.contextmanager
def started(arguments):
    with ended(Bench(arguments)) as bench:
        bench.start()
        yield bench


def main():
    table = Table()
    with ended(Bench(options(5, SECONDS).parse_args())) as bench:
        measure(bench, table)
    print('\n| what | unit | median | each |\n|---|---|---|---|')
    print('\n'.join(table.lines))


def restart(bench):
    took = bench.start()
    bench.stop()
    return took


if __name__ == '__main__':
    main()
