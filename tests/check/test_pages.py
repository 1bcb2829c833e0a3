"""What README, DEVELOPERS, docs/ and both RESULTS name is there: operations,
settings, files, and commands with their options.

Mutations, each found here: `PATCH /v1/sync/settings` for `PATCH
/v1/organisation` in docs/scim.md; a setting misspelt in README; a test file
renamed; a column of `import people` left out of docs/leavers.md; an event out of
docs/operations.md; `-k` with a word that no test has, `SLOW_COUNTS`, `--round`,
`HEFBOOM_ORACEL` in RESULTS; `./dev benchmark`; `client token --expire`.
"""

import json
import re
import subprocess

import pytest

from harness.running import binary, environment

PAGES = ['README.md', 'DEVELOPERS.md', *('docs/' + name for name in (
    'adding.md', 'leavers.md', 'operations.md', 'scim.md', 'security.md')),
    'tests/bench/RESULTS.md', 'tests/faults/RESULTS.md']
# The example of a new resource, and what a run leaves behind.
EXAMPLES = re.compile(r'practice|^build|\*|NAME|KIND|^docs/?$')
FILE = re.compile(
    r'`((?:openapi|sql|docs|docker|src|include|tests)/[\w./*-]+)`')


@pytest.fixture(scope='module', params=PAGES)
def page(root, request):
    return (root / request.param).read_text()


def said(*words):
    return subprocess.run([binary(), *words], env=environment(), text=True,
                          check=True, capture_output=True, timeout=60).stdout


def test_every_page_is_looked_at(root):
    assert sorted(PAGES[2:-2]) == sorted(
        f'docs/{one.name}' for one in (root / 'docs').glob('*.md'))


def test_operations(page):
    """Which a reader tries first."""
    paths = json.loads(said('openapi'))['paths']
    known = {f'{method.upper()} {path}' for path, item in paths.items()
             for method in item}
    named = re.findall(r'`((?:GET|POST|PUT|PATCH|DELETE) /[^`]+)`', page)
    assert [one for one in named if one not in known] == []


def test_settings(page, sources):
    known = set(re.findall(r'HEFBOOM_[A-Z_]+', said('--help')))
    # docker/haproxy.cfg's.
    known |= {'HEFBOOM_FRONT', 'HEFBOOM_ONE', 'HEFBOOM_TWO'}
    known |= variables(sources)
    named = set(re.findall(r'\bHEFBOOM_[A-Z_]*[A-Z]', page))
    assert sorted(named - known) == []


def test_events(root):
    """Whatever the log complains of, the operator finds."""
    sources = ''.join(one.read_text() for one in (root / 'src').rglob('*.c'))
    events = set(re.findall(
        r'(?:log_event\(\s*LOG_(?:ERROR|WARNING), |complain\(source, )'
        r'"(\w+)"', sources))
    events |= {f'{kind}_died' for kind in ('worker', 'jobs', 'postgresql')}
    text = (root / 'docs' / 'operations.md').read_text()
    named = set(re.findall(r'`(\w+)`', text))
    assert len(events) > 15 and sorted(events - named) == []


def test_columns_of_people(root):
    """By file: each that the program reads, and the example as it stands."""
    known = re.findall(r'^    \{"(\w+)", \d+,',
                       (root / 'src' / 'import_row.c').read_text(), re.M)
    text = (root / 'docs' / 'leavers.md').read_text()
    text = text.split('## By file')[1].split('\n## ')[0]
    rows = [line.split('|')[1] for line in text.splitlines()
            if line.startswith('| `')]
    assert re.findall(r'`(\w+)`', ''.join(rows)) == known
    first, *others = text.split('```\n')[1].splitlines()
    assert set(first.split(',')) < set(known)
    assert {len(line.split(',')) for line in others} == {
        len(first.split(','))}


def test_files(page, root):
    missing = [name for name in FILE.findall(page)
               if not EXAMPLES.search(name) and not (root / name).exists()]
    tests = {one.name for one in (root / 'tests').rglob('test_*.[cp]*')}
    missing += [name for name in re.findall(r'\b(test_\w+\.py)\b', page)
                if name not in tests]
    assert missing == []


# Commands

@pytest.fixture(scope='module')
def sources(root):
    return {str(one.relative_to(root)): one.read_text()
            for one in (root / 'tests').rglob('*.py')}


def variables(sources):
    """What the tests and the measurements are told besides settings."""
    return {name for text in sources.values() for name in re.findall(
        r"environ(?:\.(?:get|setdefault)\(|\[)\s*'(\w+)'", text)}


def commands(page):
    """What stands as code, a command a line, with its comment."""
    return '\n'.join(block or word for block, word in re.findall(
        r'^ *```[^\n]*\n(.*?)^ *```|`([^`\n]+)`', page, re.M | re.S)
    ).replace('\\\n', ' ').splitlines()


def test_variables_of_commands(page, sources):
    """`SLOW_COUNT=3000` before a command, or beside it for less."""
    known = variables(sources) | set(re.findall(
        r'HEFBOOM_[A-Z_]+', said('--help')))
    named = {name for line in commands(page)
             if re.search(r'tests/\S+\.py|^[A-Z_]+=[\w.]+$', line)
             for name in re.findall(r'\b([A-Z_]+)=', line)}
    assert sorted(named - known) == []


def options_of(script, sources):
    """By its own text, and that of the parser it shares."""
    text = sources[script] + (sources['tests/bench/run.py']
                              if script.startswith('tests/bench/') else '')
    known = set(re.findall(r"'(--[\w-]+)'", text))
    if '/test_' in script:
        known |= {'--long'}
    return known


def test_options_of_scripts(page, sources):
    missing = []
    for line in commands(page):
        found = re.search(r'(tests/[\w/]+\.py)(.*)', line.split(' #')[0])
        if not found:
            continue
        given = re.findall(r' (--[a-z][\w-]*)', found[2])
        missing += [f'{found[1]} {one}' for one in given
                    if one not in options_of(found[1], sources)]
    assert missing == []


def test_selections(page, sources):
    """-k, of the file that the line is about: there is such a test."""
    missing, script = [], None
    for line in commands(page):
        named = re.search(r'tests/[\w/]+/test_\w+\.py', line)
        script = named[0] if named else script
        for text in re.findall(r'-k ("[^"]+"|[\w]+)', line):
            names = re.findall(r'def (test_\w+)', sources[script])
            missing += [f'{script} -k {word}' for word in re.findall(
                r'\w+', text) if word not in ('or', 'and', 'not')
                and not any(word in name for name in names)]
    assert missing == []


def test_words_of_dev(page, root):
    known = set(re.findall(r'^\t\./dev (\w+)', (
        root / 'dev').read_text(), re.M))
    named = set(re.findall(r'\./dev ([a-z]+)', '\n'.join(commands(page))))
    assert named <= known


def test_commands_of_the_program(page):
    """Each with its flags, which may be settings too."""
    overview = said('--help')
    known = re.findall(r'^  ([a-z][a-z -]*?) {2,}\S', overview.split(
        'Settings,')[0], re.M)
    settings = set(re.findall(r'^  (--[\w-]+)', overview, re.M))
    missing = []
    for line in commands(page):
        for rest in re.findall(r'(?:^|[ (/])hefboom ((?:[a-z]+ ?)+[^|#)]*)',
                               line):
            name = max((one for one in known if re.match(
                rf'{one}\b', rest)), key=len, default=None)
            if name in (None, 'help COMMAND'):
                continue
            flags = settings | set(re.findall(r'--[\w-]+', said(
                'help', *name.split())))
            missing += [f'{name} {flag}' for flag in re.findall(
                r' (--[a-z][\w-]*)', rest) if flag not in flags]
    assert missing == []
