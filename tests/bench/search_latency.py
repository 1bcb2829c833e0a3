#!/usr/bin/python3
"""How long a search takes over ESCO's 110,000 labels, asked over HTTP one
after the other on one connection, and how often the skill is among the first
five: 500 labels drawn at random for each language, each with one random edit
or without its accents.

    tests/bench/search_latency.py [--rounds 5]

Needs a release build (build/hefboom, or HEFBOOM_BIN) and ../shared/data/esco.
"""

import argparse
import os
import pathlib
import random
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault('HEFBOOM_BIN', str(ROOT / 'build' / 'hefboom'))
sys.path.insert(0, str(ROOT / 'tests' / 'api'))

from harness.client import Api  # noqa: E402
from harness.coverage import Coverage  # noqa: E402
from harness.running import Server  # noqa: E402
import test_import_esco as esco  # noqa: E402


def queries(language, seed):
    draw = random.Random(seed)
    everyone = sorted((label, uri)
                      for uri, some in esco.labels(language).items()
                      for label in some)
    for label, uri in draw.sample(everyone, 500):
        q = esco.mistype(label, draw)
        if not label.isascii() and draw.random() < 0.5:
            q = esco.plain(label)
        yield q, uri


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--rounds', type=int, default=5)
    rounds = parser.parse_args().rounds
    server = Server()
    try:
        server.start()
        server.command('org', 'create', 'esco')
        server.command('import', 'people', esco.PEOPLE, '--org', 'esco')
        begun = time.monotonic()
        server.command('import', 'esco', esco.ESCO, '--org', 'esco')
        print('import: %.1f s' % (time.monotonic() - begun))
        api = Api(server, None, Coverage())
        database = server.connect().cursor()
        database.execute('select external_id, skill_id::text'
                         ' from skill_reference')
        ids = dict(database.fetchall())
        for language in ('en', 'nl'):
            measured, right = [], 0
            for seed in range(rounds):
                took = []
                for q, uri in queries(language, seed):
                    at = time.perf_counter()
                    reply = api.get(
                        '/v1/skills', org='esco', judge=False,
                        query={'q': q, 'limit': 5},
                        headers={'Accept-Language': language})
                    took.append((time.perf_counter() - at) * 1000)
                    right += ids[uri] in [x['id'] for x in
                                          reply.json()['items']]
                took.sort()
                measured.append([took[int(500 * part)]
                                 for part in (.5, .95, .99)])
            p50, p95, p99 = (statistics.median(x) for x in zip(*measured))
            print('%s: p50 %.1f ms, p95 %.1f ms, p99 %.1f ms (medians of %d '
                  'rounds of 500); among the first five: %.1f %%'
                  % (language, p50, p95, p99, rounds,
                     right / rounds / 5))
    finally:
        server.stop()


if __name__ == '__main__':
    main()
