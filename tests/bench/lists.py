#!/usr/bin/python3
"""Every list of the API, each order with each filter, where it matches and
where it matches nothing.

    tests/bench/lists.py [--seconds 2] [--over 2.5] [--only WORD]

One client first, the median of ten; whatever takes longer than --over ms is
measured with eight connections and fifty people in turns, as activity.py does,
whose data it needs; the same again, and the better p99 counts.
"""

import http.client
import itertools
import json
import re
import statistics
import tempfile
import time
import urllib.parse

import activity
import run

NOBODY = '01900000-0000-7000-8000-000000000000'
TIMES = ['2000-01-01T00:00:00Z', None, '2100-01-01T00:00:00Z']
WORDS = {'q': ['person 12', 'planning', 'zzzzqqq'],
         'external_ref': ['esco:nothing']}


def resolve(document, schema):
    while '$ref' in schema:
        found = document
        for part in schema['$ref'][2:].split('/'):
            found = found[part]
        schema = found
    return schema


class Values:
    """What a filter is tried with."""

    def __init__(self, document, owner):
        self.document = document
        org = run.psql(owner, '-c',
                       "select id from organisation where name = 'bench'")

        def one(text):
            return run.psql(owner, '-c', text.replace('ORG', "'%s'" % org))
        person = one('select id from person where org_id = ORG and'
                     " external_id = 'bench-13994'")
        self.ids = {
            'skill_id': [one('select skill_id from goal_skill where org_id ='
                             ' ORG group by 1 order by count(*) desc limit 1'),
                         one('select id from skill where org_id = ORG and'
                             " state = 'active' order by id desc limit 1")],
            'person_id': [person], 'host_id': [person],
            'team_id': [one('select id from team where org_id = ORG limit 1')],
            'claim_id': [one('select id from claim where org_id = ORG and'
                             " person_id = '%s' limit 1" % person)],
            'session_id': [one('select session_id from engagement where org_id'
                               " = ORG and person_id = '%s' limit 1" % person)],
            'goal_id': [one('select id from goal where org_id = ORG and'
                            " person_id = '%s' limit 1" % person)],
            'feedback_id': [one('select id from feedback where org_id = ORG and'
                                " receiver_id = '%s' limit 1" % person)]}

    def of(self, parameter):
        schema = resolve(self.document, parameter['schema'])
        items = resolve(self.document, schema.get('items', {}))
        name = parameter['name']
        if schema.get('format') == 'uuid':
            return self.ids.get(name, []) + [NOBODY]
        if schema.get('format') == 'date-time':
            month = time.gmtime(time.time() - 30 * 86400)
            return [at or time.strftime('%Y-%m-%dT00:00:00Z', month)
                    for at in TIMES]
        if schema.get('type') == 'boolean':
            return ['true', 'false']
        if schema.get('type') == 'integer':
            return ['5']
        return (schema.get('enum') or items.get('enum') or
                WORDS.get(name, ['nothing']))


def cases(document, values):
    """Every list's path with one order and at most one filter."""
    for route, item in document['paths'].items():
        entry = item.get('get')
        if not entry or 'orders' not in entry.get('x-hefboom', {}):
            continue
        for name in re.findall(r'\{(\w+)\}', route):
            route = route.replace('{%s}' % name,
                                  values.ids.get(name, [NOBODY])[0])
        parameters = [resolve(document, one)
                      for one in entry.get('parameters', [])]
        filters = [one for one in parameters if one['in'] == 'query' and
                   one['name'] not in ('limit', 'after', 'order')]
        needed = [[(one['name'], value) for value in values.of(one)]
                  for one in filters if one.get('required')]
        free = [()] + [((one['name'], value),) for one in filters
                       if not one.get('required') for value in values.of(one)]
        for fixed, more, order in itertools.product(
                itertools.product(*needed), free, entry['x-hefboom']['orders']):
            yield route + '?' + urllib.parse.urlencode(
                fixed + more + (('order', order),))


def alone(path, tokens):
    """The median of ten in ms, after every connection has planned it."""
    client = http.client.HTTPConnection('127.0.0.1', run.PORT)
    took = []
    for n in range(22):
        begun = time.monotonic()
        client.request('GET', path, headers={
            'Authorization': 'Bearer ' + tokens[n % len(tokens)]})
        reply = client.getresponse()
        reply.read()
        if reply.status not in (200, 403, 404):
            raise SystemExit('%s: %d' % (path, reply.status))
        took.append((time.monotonic() - begun) * 1000)
    client.close()
    return statistics.median(took[12:])


def main():
    parser = run.options(2, 2)
    parser.add_argument('--over', type=float, default=2.5)
    parser.add_argument('--only', default='')
    arguments = parser.parse_args()
    with run.started(arguments) as bench:
        owner, runtime = activity.prepare(bench)
        tokens = activity.tokens_of(bench)
        document = json.loads(bench.get('/openapi.json'))
        every = [path for path in cases(document, Values(document, owner))
                 if arguments.only in path]
        print('| path | alone ms | 1/s | p50 ms | p99 ms | errors |\n'
              '|---|---|---|---|---|---|')
        with tempfile.NamedTemporaryFile('w', suffix='.lua') as stream:
            stream.write(activity.script(tokens))
            stream.flush()
            for path in every:
                look(bench, path, tokens, stream.name, arguments)
        print('%d cases; `pgbench -S`: %.0f/s' % (
            len(every), run.pgbench(runtime, bench.seconds)))


def look(bench, path, tokens, script, arguments):
    took = alone(path, tokens)
    if took <= arguments.over:
        return
    best = min((activity.measure(path, script, bench.seconds)
                for _ in range(bench.rounds)), key=lambda one: one[2])
    print('| `%s` | %.1f | %.0f | %.1f | %.1f | %d |' % ((path, took) + best),
          flush=True)


if __name__ == '__main__':
    main()
