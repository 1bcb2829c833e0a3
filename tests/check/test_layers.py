"""Who may include whom (architecture.md, section 3), and how long things get.

Mutations: `#include <libpq-fe.h>` in src/route.c, `#include
"hefboom/request.h"` in src/buf.c, a function of 51 lines, clock_gettime() in
src/pool.c, `head->headers[0]` in src/cors.c: each is refused.
"""

import pathlib
import re

import pytest

# Lowest first; a layer may include itself and what is above it in this list.
LAYERS = {
    'base': 'memory buf arena log base64 csv random address folder user'
            ' config bucket gzip trace networks clock utf8',
    'tables': 'operation problem schema json machine metrics',
    'database': 'pool pipe target shape migrate link cursor transaction text'
                ' embedded pipe_doubt',
    'http': 'server connection http fetch request reply service loop steps'
            ' cors forwarded scrape'
            ' problem_document problem_error',
    'path': 'route token caller limit access arguments role input answer'
            ' negotiate credential',
    'features': 'handlers/ matching/ scim/ calendar/ jobs/ stream/',
    'main': 'main supervisor worker command import demo',
}
# Who sees what is not ours.
FOREIGN = {
    'libpq-fe.h': {'pipe', 'transaction', 'target', 'shape', 'migrate', 'link',
                   'problem_error', 'reply', 'answer'},
    'jose/': {'token', 'credential'},
    'jwt.h': {'token'},
    'event2/bufferevent': {'server', 'connection'},
    'event2/listener': {'server'},
    'curl/': {'fetch'},
    'sys/socket.h': {'server', 'connection', 'supervisor', 'fetch',
                     'pipe_doubt'},
    'netinet/': {'server', 'connection', 'supervisor', 'fetch',
                 'pipe_doubt'},
}
# What is done in one place, and there alone; whoever needs it asks there.
ALONE = {
    r'\bclock_gettime\(\w': {'clock.c', 'log.c'},
    r'\bhead(->|\.)headers\b': {'http.c', 'http_header.c', 'http_header.h'},
}
# worker.h declares what the second kind of process is entered by.
ENTRANCES = {('jobs/', 'worker')}
ORDER = list(LAYERS)
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)


def sources(root):
    return sorted((root / 'src').rglob('*.[ch]'))


def headers(root):
    return sorted((root / 'include' / 'hefboom').rglob('*.h'))


def family(path, root):
    """src/token_guard.c belongs to token; src/jobs/mail.c to jobs/."""
    for base in ('src', 'include/hefboom'):
        try:
            inner = path.relative_to(root / base)
        except ValueError:
            continue
        if len(inner.parts) > 1:
            return inner.parts[0] + '/'
        return inner.stem
    return path.stem


def layer_of(name):
    """(layer, module): the longest module that the name begins with."""
    best = None
    for layer, modules in LAYERS.items():
        for module in modules.split():
            stem = module.rstrip('/')
            if name in (module, stem) or name.startswith(stem + '_'):
                if best is None or len(module) > len(best[1]):
                    best = (layer, module)
    return best


def faults_of(path, root):
    name = family(path, root)
    own = layer_of(name)
    if own is None:
        return [f'{name}: is in no layer']
    faults = []
    for kind, target in INCLUDE.findall(path.read_text()):
        if kind == '<':
            for prefix, allowed in FOREIGN.items():
                if target.startswith(prefix) and own[1] not in allowed:
                    faults.append(f'{path.name}: may not see <{target}>')
            if own[1] == 'http' and target.startswith(('event2/', 'sys/so')):
                faults.append(f'{path.name}: may not see <{target}>')
            continue
        wanted = re.sub(r'^(hefboom|src)/', '', target)
        parts = pathlib.PurePath(wanted).parts
        other = layer_of(parts[0] + '/' if len(parts) > 1
                         else pathlib.PurePath(wanted).stem)
        if other is None:
            if wanted != 'banned.h':
                faults.append(f'{path.name}: "{target}" is in no layer')
        elif (ORDER.index(other[0]) > ORDER.index(own[0])
              and (own[1], other[1]) not in ENTRANCES):
            faults.append(f'{path.name} ({own[0]}) may not include '
                          f'"{target}" ({other[0]})')
    return faults


def test_layers(root):
    faults = []
    for path in sources(root) + headers(root):
        if path.name != 'banned.h':
            faults += faults_of(path, root)
    assert not faults, '\n'.join(sorted(set(faults)))


@pytest.mark.parametrize('what', ALONE)
def test_one_place(what, root):
    found = {path.name for path in sources(root) + headers(root)
             if re.search(what, path.read_text())}
    assert found == ALONE[what]


def test_headers_have_no_cycle(root):
    graph = {}
    for path in headers(root):
        graph[path.name] = [
            target.split('/')[-1] for kind, target
            in INCLUDE.findall(path.read_text()) if kind == '"']
    done = set()

    def walk(name, path):
        assert name not in path, ' -> '.join([*path, name])
        if name not in done:
            for target in graph.get(name, ()):
                walk(target, [*path, name])
            done.add(name)
    for name in graph:
        walk(name, [])


def test_files_are_short(root):
    long = [f'{path.relative_to(root)}: {count}' for path in
            [*sources(root), *headers(root)]
            if (count := len(path.read_text().splitlines())) >= 400]
    assert not long, long


def functions(text):
    """(name, lines) of each function, by the house's brace style."""
    lines = text.splitlines()
    start = None
    for number, line in enumerate(lines):
        if line == '{':
            start = number
        elif line == '}' and start is not None:
            head = []
            above = start - 1
            while above >= 0 and lines[above].strip() and not (
                    lines[above].startswith(('}', '#', ' */'))):
                head.insert(0, lines[above])
                above -= 1
            name = re.search(r'(\w+)\(', ' '.join(head))
            yield (name[1] if name else '?', len(head) + number - start + 1)
            start = None


def test_functions_are_short(root):
    long = [f'{path.relative_to(root)}: {name} has {count} lines'
            for path in (root / 'src').rglob('*.c')
            for name, count in functions(path.read_text()) if count >= 50]
    assert not long, '\n'.join(long)


# What writes is bounded apart from what only refuses: a generator that has to
# be understood as a whole must not grow, while each further refusal stands
# alone, and is proved needed by test_bake_mutants.py.  (:as() is 15 lines there,
# and took 360 out of sql/.)
REFUSES = {'checks', 'sql', 'states', 'tables'}


@pytest.mark.parametrize('refuses, limit', [(False, 1030), (True, 650)])
def test_bake_is_short(root, refuses, limit):
    count = sum(len(path.read_text().splitlines())
                for path in (root / 'src' / 'bake').glob('*.py')
                if (path.stem in REFUSES) is refuses)
    assert count < limit, count


@pytest.mark.parametrize('name, text, refused', [
    ('src/route.c', '#include <libpq-fe.h>\n', True),
    ('src/buf.c', '#include "hefboom/request.h"\n', True),
    ('src/http.c', '#include <event2/buffer.h>\n', True),
    ('src/handlers/x.c', '#include <event2/bufferevent.h>\n', True),
    ('src/schema.c', '#include "hefboom/pool.h"\n', True),
    ('src/token_guard.c', '#include <jose/jws.h>\n', False),
    ('src/request.c', '#include "hefboom/pool.h"\n', False),
    ('src/unheard.c', '', True),
])
def test_the_check_itself(tmp_path, name, text, refused):
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert bool(faults_of(path, tmp_path)) is refused
