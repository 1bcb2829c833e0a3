#!/usr/bin/python3
"""Which lines and branches of src/ ran: covered.py BUILD [--missing [WORD]].

Reads BUILD/counters, which every program of a build with -Dcoverage=true
writes while it runs, prints a table of files and the verdict of GOALS; the
exit is 1 below one of them.  --missing tells what never ran, in files whose
name has WORD.

A line is what llvm-cov calls one; a branch is one outcome of one condition,
so that `a && b` has four.  assert() has none: its other side is our own fault,
and ends the process.  A line that says `unreached: REASON` in a comment is not
counted, but is printed with its reason.
"""

import collections
import fnmatch
import itertools
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
MARK = re.compile(r'/\* unreached: (.*?) \*/')

# Whatever reads bytes that others wrote.
PARSERS = '''
    http.c http_*.c json.c base64.c csv.c import_row.c cursor.c input.c route.c
    text.c negotiate.c cors.c trace.c forwarded.c networks.c server_address.c
    fetch_address.c fetch_text.c schema*.c handlers/token_request.c
    token_guard.c token_claims.c token_keys.c token_jwks.c token_discovery.c
    token_issuer.c token_kept.c config.c config_read.c config_secret.c
    scim/filter_*.c scim/path.c scim/patch*.c scim/resource.c scim/value.c
    scim/key.c scim/list.c scim/member.c scim/projection.c scim/bulk_line.c
'''.split()

# Tokens; the wall: what decides whose request it is, what he may do, and in
# which organisation its statements run; keys of both meanings, those which
# make a call safe to repeat and those which sign, verify and seal.
GUARDS = '''
    token*.c handlers/token_request.c
    handlers/create_access_token.c caller*.c access.c role.c answer.c
    arguments.c negotiate.c cursor.c base64.c config_secret.c
'''.split()

# name, what of, its files, per cent
GOALS = (
    ('parsers', 'lines', PARSERS, 95),
    ('src/', 'lines', ['*'], 90),
    ('tokens, walls, keys', 'branches', GUARDS, 100),
)


class File:
    def __init__(self, name, lines, branches):
        self.name = name
        text = (ROOT / 'src' / name).read_text().splitlines()
        self.reasons = {number: mark.group(1) for number, line
                        in enumerate(text, 1) if (mark := MARK.search(line))}
        self.lines = {number: hits for number, hits in lines.items()
                      if number not in self.reasons}
        self.branches = {place: hits for place, hits in branches.items()
                         if place[0] not in self.reasons}

    def count(self, what):
        """(covered, all)"""
        hits = getattr(self, what).values()
        return sum(hit > 0 for hit in hits), len(hits)

    def is_in(self, patterns):
        return any(fnmatch.fnmatchcase(self.name, one) for one in patterns)

    def missing(self):
        lines = sorted(number for number, hits in self.lines.items()
                       if not hits)
        for _, run in itertools.groupby(
                enumerate(lines), lambda pair: pair[1] - pair[0]):
            run = [number for _, number in run]
            yield run[0], 'to %d never ran' % run[-1]
        for (line, column, side), hits in self.branches.items():
            if not hits and line not in lines:
                yield line, 'column %d is never %s' % (column, side)


def programs(build):
    """The server first: what it does not hold, others may."""
    rest = sorted(path for path in build.iterdir() if path.is_file()
                  and path.stat().st_mode & 0o100 and path.name != 'hefboom')
    return [build / 'hefboom', *rest]


def run(*words):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout


def export(build):
    objects = [word for path in programs(build)[1:]
               for word in ('-object', str(path))]
    reply = run('llvm-cov-14', 'export', '-instr-profile',
                str(build / 'counters' / 'merged'), str(build / 'hefboom'),
                *objects, str(ROOT / 'src'))
    return json.loads(reply)['data'][0]['files']


Segment = collections.namedtuple(
    'Segment', 'line column hits counts begins gap')


def line_hits(wrapped, segments, text):
    """As LLVM's LineCoverageStats; None for a line without code.

    One thing more: behind assert(), whose other side does not return, clang
    14 begins the next statement without saying so.
    """
    begun = [one for one in segments if one.counts and one.begins]
    if segments and not segments[0].counts and segments[0].begins:
        return None
    if not begun and not (wrapped and wrapped.counts):
        return None
    hits = [one.hits for one in begun if not one.gap]
    if wrapped and wrapped.counts:
        hits.append(wrapped.hits)
    first = segments[0] if segments else None
    if wrapped and wrapped.gap and first and first.counts and \
            first.column == len(text) - len(text.lstrip()) + 1:
        hits.append(first.hits)
    return max(hits, default=0)


def read_lines(path, segments):
    """{line: hits}"""
    found, wrapped = {}, None
    by_line = collections.defaultdict(list)
    for one in segments:
        segment = Segment(*one)
        by_line[segment.line].append(segment)
    for number, text in enumerate(path.read_text().splitlines(), 1):
        hits = line_hits(wrapped, by_line[number], text)
        if hits is not None:
            found[number] = hits
        if by_line[number]:
            wrapped = by_line[number][-1]
    return found


def read_branches(branches):
    """{(line, column, side): hits}; the same place in several functions, as of
    a header, counts once."""
    found = collections.Counter()
    for line, column, _, _, true, false, *_ in branches:
        found[line, column, 'true'] += true
        found[line, column, 'false'] += false
    return found


def read(build):
    counters = sorted(map(str, (build / 'counters').glob('*.profraw')))
    run('llvm-profdata-14', 'merge', '-sparse', '-o',
        str(build / 'counters' / 'merged'), *counters)
    found = {pathlib.Path(file['filename']).resolve(): file
             for file in export(build)}
    return [File(str(path.relative_to(ROOT / 'src')),
                 read_lines(path, found[path]['segments']),
                 read_branches(found[path]['branches']))
            for path in sorted(found) if ROOT / 'src' in path.parents]


def share(covered, count):
    return 100 * covered / count if count else 100


def shown(covered, count):
    return '%6d of %6d %6.2f %%' % (covered, count, share(covered, count))


def total(files, what):
    counts = [file.count(what) for file in files]
    return [sum(column) for column in zip(*counts)] or [0, 0]


def print_table(files):
    print('%-32s %-24s   %s' % ('file', 'lines', 'branches'))
    for file in files:
        print('%-32s %s   %s' % (file.name, shown(*file.count('lines')),
                                 shown(*file.count('branches'))))
    marked = [(file, line, reason) for file in files
              for line, reason in file.reasons.items()]
    for file, line, reason in marked:
        print('not counted: src/%s:%d: %s' % (file.name, line, reason))
    print('%d lines are not counted' % len(marked))


def print_missing(files, word):
    for file in files:
        if word in file.name:
            for line, what in sorted(file.missing()):
                print('src/%s:%d: %s' % (file.name, line, what))


def judge(files):
    """True when every goal is reached."""
    reached = True
    for name, what, patterns, goal in GOALS:
        chosen = [file for file in files if file.is_in(patterns)]
        for one in patterns:
            assert any(file.is_in([one]) for file in files), one
        covered, count = total(chosen, what)
        good = bool(count) and 100 * covered >= goal * count
        reached = reached and good
        print('%-8s %-20s %s of %-8s (goal %d %%), %d files'
              % ('reached' if good else 'MISSED', name, shown(covered, count),
                 what, goal, len(chosen)))
    return reached


def main():
    files = read(pathlib.Path(sys.argv[1]).resolve())
    if '--missing' in sys.argv:
        print_missing(files, (sys.argv[3:] or [''])[0])
        return 0
    print_table(files)
    return 0 if judge(files) else 1


if __name__ == '__main__':
    sys.exit(main())
