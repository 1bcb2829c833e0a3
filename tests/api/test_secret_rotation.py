"""The installation's own secret replaced, by SIGHUP, without anybody noticing.

Mutations: the old one not believed for tokens; for cursors; the old one goes
on signing; it is believed for ever; a second one that others may read; any
issuer's token verified by it; the new one signs before all workers know it;
it is learnt and never signs.
"""

import concurrent.futures
import os
import secrets
import signal
import threading
import time

import jwt
import pytest

from harness.client import Api
from harness.running import Server
from harness.waiting import eventually


def token(secret, **claims):
    now = int(time.time())
    return jwt.encode({'iss': 'hefboom', 'aud': 'hefboom', 'sub': 'els',
                       'org': 'demo', 'roles': ['member'], 'iat': now,
                       'exp': now + 600, **claims}, secret, 'HS256')


class Machine:
    """A server whose settings are in a file, so that SIGHUP reads them."""

    def __init__(self, server, document, coverage):
        self.folder = server.data / f'rotation-{secrets.token_hex(4)}'
        self.folder.mkdir()
        self.folder.chmod(0o755)
        self.secrets = {}
        self.use(server.secret, 'first')
        self.server = server.beside(
            HEFBOOM_SECRET_FILE=None,
            HEFBOOM_CONFIG=self.folder / 'settings', HEFBOOM_WORKERS=2)
        self.configure('first')
        self.server.start()
        self.api = Api(self.server, document, coverage)

    def use(self, secret, name):
        path = self.folder / name
        path.write_bytes(secret)
        path.chmod(0o644)
        self.secrets[name] = secret

    def configure(self, now, before=None):
        lines = [f'secret_file = {self.folder / now}']
        if before:
            lines.append(f'secret_file_before = {self.folder / before}')
        (self.folder / 'settings').write_text('\n'.join(lines) + '\n')

    def reload(self, event='reloaded'):
        """SIGHUP; returns when the log says what became of it."""
        def count():
            return sum(entry['event'] == event
                       for entry in self.server.log_entries())
        before = count()
        os.kill(self.server.pid, signal.SIGHUP)
        eventually(lambda: count() > before, 60, f'no {event}')

    def status(self, secret, path='/v1/people?limit=2', **claims):
        return self.api.get(path, token=token(self.secrets[secret], **claims)
                            ).status_code

    def page(self, secret):
        return self.api.get('/v1/people?limit=2',
                            token=token(self.secrets[secret])
                            ).expect(200).json()['next']


@pytest.fixture
def machine(server, document, coverage):
    one = Machine(server, document, coverage)
    yield one
    assert one.server.stop() == []


def test_replaced(machine):
    cursor = machine.page('first')
    after = f'/v1/people?limit=2&after={cursor}'
    machine.use(secrets.token_bytes(32), 'second')
    assert machine.status('second') == 401
    machine.configure('second', before='first')
    machine.reload()
    # Both are valid.
    assert machine.status('first') == machine.status('second') == 200
    assert machine.status('first', after) == 200
    assert machine.status('second', after) == 200
    # The new one seals.
    newer = f'/v1/people?limit=2&after={machine.page("first")}'
    machine.configure('second')
    machine.reload()
    # The old one has gone, with all that it did.
    assert machine.status('first') == 401
    assert machine.status('second') == 200
    assert machine.status('second', after) == 400
    assert machine.status('second', newer) == 200


def test_nobody_notices(machine):
    """As several machines do it: known first, used then. Tokens of both and
    a cursor work at every moment."""
    machine.use(secrets.token_bytes(32), 'second')
    cursor = machine.page('first')
    after = f'/v1/people?limit=2&after={cursor}'
    stop = []
    for now, before in (('first', 'second'), ('second', 'first')):
        machine.configure(now, before)
        count = sum(entry['event'] == 'reloaded'
                    for entry in machine.server.log_entries())
        os.kill(machine.server.pid, signal.SIGHUP)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            stop.append(machine.status('first', after))
            if now == 'second':
                stop.append(machine.status('second', after))
            if sum(entry['event'] == 'reloaded'
                   for entry in machine.server.log_entries()) > count:
                break
    assert set(stop) == {200}, stop


def test_what_one_worker_seals_all_know(machine):
    """While one machine's workers change over, too: each connection may be
    another's."""
    path, bearer = '/v1/people?limit=2', token(machine.secrets['first'])
    done = threading.Event()

    def get(path):
        return machine.api.get(path, token=bearer,
                               headers={'Connection': 'close'})

    def turn_pages():
        said = set()
        while not done.is_set():
            after = get(path).expect(200).json()['next']
            said |= {get(f'{path}&after={after}').status_code
                     for _ in range(3)}
        return said

    machine.use(secrets.token_bytes(32), 'second')
    machine.configure('second', before='first')
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        said = pool.submit(turn_pages)
        machine.reload()
        done.set()
        assert said.result() == {200}
    newer = machine.page('first')
    machine.configure('second')
    machine.reload()
    assert machine.status('second', f'{path}&after={newer}') == 200


def test_what_is_believed_of_it(machine):
    """All the other rules hold for what the old one signed."""
    machine.use(secrets.token_bytes(32), 'second')
    machine.use(secrets.token_bytes(32), 'stranger')
    machine.configure('second', before='first')
    machine.reload()
    assert machine.status('stranger') == 401
    for claims in ({'exp': 1}, {'iss': 'other'}, {'aud': 'other'},
                   {'org': 'nowhere'}):
        assert machine.status('first', **claims) in (401, 403), claims


def test_the_new_one_signs(machine, server):
    machine.use(secrets.token_bytes(32), 'second')
    machine.configure('second', before='first')
    machine.reload()
    made = machine.server.command(
        'token', '--org', 'demo', '--person', 'els', '--role', 'member'
    ).stdout.strip()
    jwt.decode(made, machine.secrets['second'], ['HS256'], audience='hefboom')
    machine.api.get('/v1/me', token=made).expect(200)


@pytest.mark.parametrize('wrong', ['absent', 'short', 'open'])
def test_a_wrong_one_changes_nothing(machine, wrong):
    path = machine.folder / wrong
    if wrong != 'absent':
        path.write_bytes(b'x' * (31 if wrong == 'short' else 32))
        path.chmod(0o644 if wrong == 'short' else 0o666)
    machine.configure('first', before=wrong)
    machine.reload('reload_refused')
    assert machine.status('first') == 200


def test_embedded(document, coverage):
    """The files are in the data folder."""
    one = Server(HEFBOOM_WORKERS=1).start()
    try:
        one.command('demo', 'load')
        api = Api(one, document, coverage)
        data = one.data / 'data'
        old = token(one.secret)
        api.get('/v1/me', token=old).expect(200)
        os.rename(data / 'secret', data / 'secret.before')
        (data / 'secret').write_bytes(secrets.token_bytes(32))
        owner = os.stat(data / 'secret.before')
        os.chown(data / 'secret', owner.st_uid, owner.st_gid)
        (data / 'secret').chmod(0o600)

        def reload():
            count = one.log().count('"reloaded"')
            os.kill(one.pid, signal.SIGHUP)
            eventually(lambda: one.log().count('"reloaded"') > count, 60,
                       'no reload')
        reload()
        api.get('/v1/me', token=old).expect(200)
        api.get('/v1/me', token=token(one.secret)).expect(200)
        (data / 'secret.before').unlink()
        reload()
        api.get('/v1/me', token=old).expect(401)
        api.get('/v1/me', token=token(one.secret)).expect(200)
    finally:
        wrong = one.stop()
    assert wrong == []
