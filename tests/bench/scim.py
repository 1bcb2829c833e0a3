#!/usr/bin/python3
"""SCIM at 100,000 users: creates, look-ups, pages, large groups and bulk.

    tests/bench/scim.py [--rounds 3] [--seconds 4]

An organisation of its own whose 100,000 users SCIM made; half of them are in
one group.  A managed client with a bearer token calls.  wrk creates users one
by one on 16 connections, and pgbench with as many clients runs the same
statements, in one transaction for each, pipelined and not; it composes its
next user in a transaction of its own, and the time of that, measured alone, is
taken off.  What only reads has eight connections.  All in turns, medians of
the rounds, beside `pgbench -S -M prepared -c 8`.  Uses the folder of run.py;
HEFBOOM_BENCH_PORT=8191 when its port is taken.  READERS=1 reads one by one, as
an identity provider does; ONLY='eq|page' measures what matches.
"""

import json
import os
import re
import subprocess
import time
import urllib.error
import urllib.request

import run

PEOPLE, CREATORS = 100000, 16
READERS = int(os.environ.get('READERS', 8))
USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
WORK = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
WARM = 1
KINDS = ['plain', 'with a department', 'with a manager']
LUA = """
local n = 0
local headers = {Authorization = 'Bearer %(token)s',
    ['Content-Type'] = 'application/scim+json'}
request = function()
  n = n + 1
  %(request)s
end
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('RESULT %%f %%f %%f %%d\\n',
      summary.requests / summary.duration * 1e6,
      latency:percentile(50) / 1000, latency:percentile(99) / 1000,
      e.status + e.timeout + e.connect + e.read + e.write))
end
"""
# The users that wrk and pgbench make; %s stands for their number.
EXTENSION = {
    'plain': '',
    'with a department':
        ',"title":"Engineer","%s":{"department":"Department 7"}' % WORK,
    'with a manager':
        ',"title":"Engineer","%s":{"department":"Department 7",'
        '"manager":{"value":"{manager}"}}' % WORK}


def document(kind, manager):
    return ('{"schemas":["%s","%s"],"userName":"new-%%s@example.org",'
            '"externalId":"new-%%s","name":{"givenName":"New",'
            '"familyName":"%%s"},"displayName":"New %%s","active":true,'
            '"emails":[{"value":"new-%%s@example.org","type":"work",'
            '"primary":true}]%s}' % (USER, WORK, EXTENSION[kind].replace(
                '{manager}', manager)))


class Scim:
    def __init__(self, bench):
        self.bench = bench
        self.owner, self.runtime = run.prepare(bench)
        self.series = int(time.time())
        self.make()
        self.org = self.one("select id from organisation where name = 'scim'")
        self.manager = self.user(1)
        self.half = self.group('Half')
        self.nobody = self.group('Nobody')
        name = 'bench-%d' % self.series
        self.client = bench.command(
            'client', 'create', name, '--org', 'scim', '--scope',
            'people:write', '--scope', 'groups:write').split()[-1]
        self.token = bench.command('client', 'token', self.client, '--org',
                                   'scim').split()[-1]

    def make(self):
        if not self.one("select 1 from organisation where name = 'scim'"):
            self.bench.command('org', 'create', 'scim', '--title', 'Scim')
        print('making the users ...', flush=True)
        run.psql(self.owner, '-v', 'name=scim', '-v', 'people=%d' % PEOPLE,
                 '-f', os.path.join(run.HERE, 'generate_scim.sql'))

    def one(self, text):
        return run.psql(self.owner, '-c', text)

    def user(self, number):
        return self.one("select id from person where org_id = '%s' and"
                        " external_id = 'scim-%d'" % (self.org, number))

    def users(self, first, count):
        return self.one(
            "select id from person where org_id = '%s' and external_id in"
            " (select 'scim-' || n from generate_series(%d, %d) n)" % (
                self.org, first, first + count - 1)).split('\n')

    def group(self, name):
        return self.one("select id from team where org_id = '%s' and name ="
                        " '%s'" % (self.org, name))

    def call(self, method, path, body=None):
        """(seconds, the answer)"""
        request = urllib.request.Request(
            'http://127.0.0.1:%d/scim/v2%s' % (run.PORT, path),
            None if body is None else json.dumps(body).encode(),
            {'Authorization': 'Bearer ' + self.token,
             'Content-Type': 'application/scim+json'}, method=method)
        begun = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=120) as reply:
                answer = reply.read()
        except urllib.error.HTTPError:
            return float('inf'), None
        return time.monotonic() - begun, json.loads(answer or 'null')

    def wrk(self, request, status, connections, seconds):
        path = os.path.join(self.bench.data, 'scim.lua')
        with open(path, 'w') as stream:
            stream.write(LUA % {'token': self.token, 'request': request,
                                'status': status})
        text = run.run('wrk', '-t1', '-c%d' % connections, '-d%ds' % seconds,
                       '--timeout', '10s', '-s', path,
                       'http://127.0.0.1:%d' % run.PORT)
        rate, p50, p99, bad = map(float, re.search(
            r'RESULT (\S+) (\S+) (\S+) (\S+)', text).groups())
        if bad:
            raise SystemExit('%d answers were errors: %s' % (bad, request))
        return rate, p50, p99

    def create(self, kind):
        self.series += 1
        body = document(kind, self.manager).replace(
            '%s', "' .. id .. '")
        request = ("local id = '%d-' .. n\n"
                   "  return wrk.format('POST', '/scim/v2/Users', headers,"
                   " '%s')" % (self.series, body))
        self.wrk(request, 201, CREATORS, WARM)
        self.series += 1
        request = request.replace("'%d-'" % (self.series - 1),
                                  "'%d-'" % self.series)
        return self.wrk(request, 201, CREATORS, self.bench.seconds)

    def read(self, path):
        """path is an expression of Lua over the number n."""
        request = "return wrk.format('GET', %s, headers)" % path
        self.wrk(request, 200, READERS, WARM)
        return self.wrk(request, 200, READERS, self.bench.seconds)


def read_paths():
    some = "(n * 7919 % 100000 + 1)"
    start = "'/scim/v2/Users?count=100&startIndex=' .. "
    return {
        'userName eq': "'/scim/v2/Users?filter=userName%20eq%20%22user' .. " +
                       some + " .. '@example.org%22'",
        'externalId eq': "'/scim/v2/Users?filter=externalId%20eq%20%22scim-'"
                         " .. " + some + " .. '%22'",
        'the first page of 100': start + '1',
        'a page of 100 in the middle': start + '(50000 + n % 100)',
        'the last page of 100': start + '(99901 - n % 100)',
        'groups by displayName eq':
            "'/scim/v2/Groups?excludedAttributes=members&filter=displayName"
            "%20eq%20%22Half%22'"}


def without_colons(text):
    """pgbench takes :ietf for a variable, in a literal too."""
    return re.sub("'[^']*'", lambda match: match.group(0) if ':' not in
                  match.group(0) else 'E' + match.group(0).replace(
                      ':', '\\072'), text)


def scripts(scim, kind):
    """For pgbench: to compose a user, and that and its statements."""
    series = "'pg%d-' || :client_id::int || '-' || :n::int" % scim.series
    scim.series += 1
    text = run.literal(document(kind, scim.manager).replace('%s', '%1$s'))
    look = ('\\set n :n + 1\nselect format(%s, %s) as document,'
            ' gen_random_uuid() as new_id \\gset\n' % (
                without_colons(text), series))
    credential = scim.one("select id from machine_credential where client_id"
                          " = '%s'" % scim.client)
    values = {'auth.org': run.literal(scim.org), 'auth.person': 'null',
              'arg.lane_ms': "'5000'", 'arg.plan': "'force_generic_plan'",
              'arg.client': run.literal(scim.client),
              'arg.credential': run.literal(credential),
              'arg.scopes': "'{people:write}'", 'arg.id': ':new_id',
              'arg.new_id': ':new_id', 'arg.document': ':document',
              'arg.source': run.literal('client ' + scim.client),
              'arg.zone': 'null', 'arg.user_name': 'null',
              'arg.groups': "'false'"}
    lines = []
    for name in ('enter_client', 'scim_add_user', 'scim_read_user'):
        text, sources = run.statement('statements', name)
        for part in filter(str.strip, text.split(';')):
            for number in range(len(sources), 0, -1):
                value = values[sources[number - 1]]
                part = part.replace('$%d' % number, value)
            lines.append(without_colons(' '.join(part.split())) + ';')
    paths = []
    for name, before, after in (('look', None, None),
                                ('pipelined', '\\startpipeline',
                                 '\\endpipeline'),
                                ('plain', 'begin;', 'end;')):
        text = look
        if before:
            text += '\n'.join([before] + lines + [after]) + '\n'
        paths.append(os.path.join(scim.bench.data, 'scim_%s.sql' % name))
        with open(paths[-1], 'w') as stream:
            stream.write(text)
    return paths


def pgbench(scim, script):
    found = subprocess.run(
        ['/usr/lib/postgresql/15/bin/pgbench', '-n', '-M', 'prepared',
         '-c', str(CREATORS), '-j', '1', '-T', str(WARM + scim.bench.seconds),
         '-P', '1', '-D', 'n=0', '-f', script, scim.runtime],
        check=True, text=True, capture_output=True)
    if 'error' in found.stderr:
        raise SystemExit(found.stderr)
    rates = [(float(at), float(rate)) for at, rate in re.findall(
        r'progress: ([\d.]+) s, ([\d.]+) tps', found.stderr)]
    rates = [rate for at, rate in rates if at > WARM + 0.5]
    return sum(rates) / len(rates)


def statements(scim, kind):
    """Creates a second of pgbench, pipelined and not, without the look-up."""
    look, pipelined, plain = (
        pgbench(scim, path) for path in scripts(scim, kind))
    return tuple(1 / (1 / one - 1 / look) for one in (pipelined, plain))


def member(scim):
    """A member of a group of 50,000 joins and leaves: ms each."""
    one, took = scim.user(PEOPLE), []
    for n in range(40):
        operation = ({'op': 'add', 'path': 'members',
                      'value': [{'value': one}]} if n % 2 == 0 else
                     {'op': 'remove', 'path': 'members[value eq "%s"]' % one})
        took.append(1000 * scim.call(
            'PATCH', '/Groups/' + scim.half,
            {'schemas': [PATCH], 'Operations': [operation]})[0])
    return took[2:]


def crowd(scim, count=20000):
    """Seconds to put so many into a group by one PATCH, and to empty it;
    infinite when it was refused, as behind 5 s."""
    ids = scim.users(1, count)
    add = scim.call('PATCH', '/Groups/' + scim.nobody, {
        'schemas': [PATCH], 'Operations': [{
            'op': 'add', 'path': 'members',
            'value': [{'value': one} for one in ids]}]})[0]
    remove = scim.call('PATCH', '/Groups/' + scim.nobody, {
        'schemas': [PATCH],
        'Operations': [{'op': 'remove', 'path': 'members'}]})[0]
    return add, remove


def bulk(scim, count=1000):
    scim.series += 1
    took, answer = scim.call('POST', '/Bulk', {
        'schemas': [BULK], 'Operations': [
            {'method': 'POST', 'path': '/Users', 'bulkId': str(n),
             'data': json.loads(document('with a department', '').replace(
                 '%s', '%d-%d' % (scim.series, n)))} for n in range(count)]})
    if answer and any(one['status'] != '201' for one in answer['Operations']):
        raise SystemExit('a bulk that failed')
    return took


def measure(scim):
    measures = {}
    for kind in KINDS:
        measures['create ' + kind] = lambda kind=kind: scim.create(kind)
        measures['statements ' + kind] = (
            lambda kind=kind: statements(scim, kind))
    for name, path in read_paths().items():
        measures[name] = lambda path=path: scim.read(path)
    measures['member'] = lambda: member(scim)
    measures['crowd'] = lambda: crowd(scim)
    measures['bulk'] = lambda: bulk(scim)
    measures['pgbench -S'] = lambda: run.pgbench(scim.runtime,
                                                 scim.bench.seconds)
    only = os.environ.get('ONLY')
    if only:
        measures = {name: one for name, one in measures.items()
                    if re.search(only, name)}
    return run.alternate(scim.bench.rounds, measures)


def report(found):
    table = run.Table()
    print('| what | unit | median | each |\n|---|---|---|---|')
    for name, each in found.items():
        if name.startswith('statements'):
            kind = name.split(' ', 1)[1]
            for n, way in enumerate(('pipelined', 'one by one')):
                table.add('pgbench, the same statements %s: %s' % (way, kind),
                          '1/s', [one[n] for one in each])
            rate = run.median([one[0] for one in found['create ' + kind]])
            table.add('create %s: Hefboom / pgbench one by one' % kind, 'x',
                      [rate / run.median([one[1] for one in each])])
        elif name == 'member':
            table.add('one member of 50,000, p50', 'ms',
                      [run.median(one) for one in each])
            table.add('one member of 50,000, the slowest of 38', 'ms',
                      [max(one) for one in each])
        elif name == 'crowd':
            table.add('20,000 members by one PATCH', 's',
                      [one[0] for one in each])
            table.add('and all of them out again', 's',
                      [one[1] for one in each])
        elif name == 'bulk':
            table.add('Bulk of 1,000 creates', 's', each)
        elif name == 'pgbench -S':
            table.add('pgbench -S -M prepared -c 8', '1/s', each)
        else:
            for n, (what, unit) in enumerate((('', '1/s'), (', p50', 'ms'),
                                              (', p99', 'ms'))):
                table.add(name + what, unit, [one[n] for one in each])


def main():
    with run.started(run.options(3, 4).parse_args()) as bench:
        report(measure(Scim(bench)))


if __name__ == '__main__':
    main()
