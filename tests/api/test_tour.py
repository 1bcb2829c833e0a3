"""tests/tour/tour.sh, against this server: it documents what it does, so it
has to do it.

Mutations: a step that expects another status, a field that the answer does
not have, `set -e` and the judging of a status left out: each fails.
"""

import os
import re
import subprocess

import pytest

from harness.running import binary, environment

METHODS = r'GET|POST|PUT|PATCH|DELETE'


@pytest.fixture
def tour(server, root):
    def run(text=None, **settings):
        script = root / 'tests' / 'tour' / 'tour.sh'
        words = ['bash', '-c', text, 'tour'] if text else [script]
        env = environment(**{**server.settings, 'HEFBOOM_BIN': binary(),
                             'HEFBOOM_URL': server.url, **settings})
        for _ in range(5):
            done = subprocess.run(
                words, env={'PATH': os.environ['PATH'], **env},
                stdin=subprocess.DEVNULL, capture_output=True, text=True,
                timeout=120)
            # Other tests make sessions of els, at any time of any day.
            if 'person_busy' not in done.stdout + done.stderr:
                break
        return done
    return run


def test_tour(tour, document, root):
    done = tour()
    assert done.returncode == 0, done.stderr or done.stdout[-2000:]
    assert not done.stderr
    text = (root / 'tests' / 'tour' / 'tour.sh').read_text()
    titles = re.findall(r"^step '([^']+)'", text, re.M)
    assert re.findall('^## (.+)$', done.stdout, re.M) == [*titles, 'And then']
    # Nothing is left out that this server has.
    for method, route in re.findall(
            rf'has no `({METHODS}) (\S+)` yet', done.stdout):
        assert method.lower() not in document.json['paths'].get(route, {})


def test_it_can_be_done_again(tour):
    for _ in range(2):
        assert tour().returncode == 0


def test_what_is_shown_can_be_pasted(tour):
    """A call as it is printed gives what is printed below it."""
    shown = re.findall(r'^```\n(curl .*?)\n```\n\n(\d+):$', tour().stdout,
                       re.M | re.S)
    reads = [(call, status) for call, status in shown if ' -X' not in call]
    assert len(reads) >= 3
    for call, status in reads:
        again = tour(f'ELS=$("$HEFBOOM_BIN" token --org demo --person els'
                     ' --role member); JONAS=$("$HEFBOOM_BIN" token --org demo'
                     f' --person jonas --role member); {call}'
                     " -o /dev/null -w '%{http_code}'")
        assert again.stdout == status, again


@pytest.mark.parametrize('old, new, says', [
    ('/v1/me/skills 201', '/v1/me/skills 200', 'Offer one: 201, not 200'),
    ("call ELS GET /v1/me 200", "call ELS GET /v1/you 200",
     'Who am I?: 404, not 200'),
    ('els=$(pick .id)', 'els=$(pick .ids)', 'Who am I?: no .ids'),
])
def test_it_ends_at_what_is_not_as_it_should_be(tour, root, old, new, says):
    text = (root / 'tests' / 'tour' / 'tour.sh').read_text()
    assert old in text
    wrong = tour(text.replace(old, new, 1))
    assert wrong.returncode == 1
    assert says in wrong.stderr
    assert '## And then' not in wrong.stdout


def test_no_server(tour):
    wrong = tour(HEFBOOM_URL='http://127.0.0.1:1')
    assert wrong.returncode != 0 and 'no server at' in wrong.stderr
