"""PostgreSQL gone for minutes, its disk full, a standby, certificates behind
names, and all faults of the proxy by turns under the oracle: with the limits
that are promised.  FAULT_SECONDS=20 for less than minutes.

Mutations: waits of up to a minute that the first success does not cut short
(test_minutes); connections that owe an answer kept, those of a lane or the one
that asks, and idle ones never asked (test_some_connections_are_forgotten);
workers with root's HOME
(test_the_name_is_still_verified); and those of tests/api.
"""

import contextlib
import datetime
import os
import pathlib
import pwd
import shutil
import subprocess
import time

import pytest

from disk import Ballast, as_root, small_disk
from faulted import TIGHT, Crowd, Faulty, faulty, outage
from harness.client import Api
from harness.database import Database
from harness.running import Server, free_port
from harness.waiting import eventually
from names import NAME, Names, longest, needs_names
from oracle import Oracle

pytestmark = pytest.mark.long
SECONDS = int(os.environ.get('FAULT_SECONDS', 180))
WRITES, KILLS = map(int, os.environ.get('FAULT_ORACLE', '5000 6').split())
PROGRAMS = pathlib.Path('/usr/lib/postgresql/15/bin')


def statuses(crowd, since):
    found = {}
    for asked in crowd.asked(since):
        name = f'{asked.what} {asked.status} {asked.code or ""}'.strip()
        found[name] = found.get(name, 0) + 1
    return found


@pytest.fixture(scope='module')
def one(server):
    with faulty(server) as one:
        yield one


@pytest.mark.parametrize('mode, part', [
    ('refuse', 1), ('cut', 3), ('stall', 3), ('forget', 3)])
def test_minutes(one, db, mode, part):
    found = outage(one, mode, SECONDS // part, TIGHT, db, clients=8)
    print(found)
    assert found['rss_grown_kb'] < 2048, found
    assert found['cpu'] < 0.5, found
    assert found['log_lines'] < 20 + SECONDS, found


def test_some_connections_are_forgotten(one, db):
    """While others are heard: what went there is 503 after the request's 10 s
    at most, and they are made anew after 30 s; those that nobody uses have to
    be asked before."""
    one.proxy.count_anew()
    with Crowd(one.server, 8) as crowd:
        one.wait(lambda: len(crowd.asked()) > 200, 30)
        begun = time.monotonic()
        forgotten = one.proxy.forget_some(4)
        one.wait(lambda: not one.whole(), 5)
        one.wait(one.whole, 60)
        whole = time.monotonic() - begun
    asked = crowd.asked(begun)
    print({'forgotten': forgotten, 'whole_s': round(whole, 1),
           'load': os.getloadavg()[0],
           'slowest_s': round(max(asked.took for asked in asked), 1),
           'asked': statuses(crowd, begun), **crowd.judge(db)})
    assert max(asked.took for asked in asked) < 12
    # No connection holds more than its depth.
    assert sum(one.code in ('timeout', 'outcome_unknown')
               for one in asked) <= 4 * 8


def test_one_connection_is_lost(one, db):
    """Again and again, and nobody acknowledges anything there: the time of
    those who met it."""
    slow, whole = [], []
    with Crowd(one.server, 4) as crowd:
        for _ in range(max(SECONDS // 6, 5)):
            one.proxy.count_anew()
            time.sleep(0.5)
            begun = time.monotonic()
            one.proxy.lose_some(1)
            one.wait(lambda: not one.whole(), 5)
            one.wait(one.whole, 20)
            whole.append(round(time.monotonic() - begun, 2))
            time.sleep(0.5)
            slow.append(max(round(asked.took, 2) for asked in crowd.asked(
                begun - 0.2)))
    print({'slowest_s': sorted(slow), 'whole_s': sorted(whole),
           'load': os.getloadavg()[0], **crowd.judge(db)})
    assert max(slow) < 2.5, slow


def test_nobody_asks(one):
    """Without a database and without clients there is nothing to do."""
    one.proxy.mode = 'refuse'
    one.wait(one.nobody_is_ready, TIGHT.first)
    time.sleep(3)
    cpu = one.cpu()
    time.sleep(10)
    spent = one.cpu() - cpu
    one.proxy.mode = 'pass'
    one.wait(one.whole, TIGHT.back)
    print({'cpu_of_three_processes_in_10_s': spent})
    assert spent < 0.3


class Faults(Oracle):
    """Its kills are what happens to the line."""

    def __init__(self, one, *words, **more):
        super().__init__(one.server, *words, **more)
        self.one = one

    def kill_one(self, victim):
        proxy = self.one.proxy
        if victim == 'delay':
            proxy.delay = 0.3
            time.sleep(1)
            proxy.delay = 0
        elif victim == 'break':
            proxy.mode = 'break'
            time.sleep(0.1)
        else:
            proxy.mode = victim
            time.sleep(self.random.choice((0.05, 0.5, 1.5, 3.5)))
        if proxy.mode != 'pass':
            proxy.mode = 'pass'
        return True


def test_oracle(one):
    """Nothing lost, nothing doubled, nobody's reply somebody else's."""
    victims = ('refuse', 'cut', 'break', 'stall', 'forget', 'delay')
    oracle = Faults(one, Database(one.server.connect()), WRITES, KILLS,
                    victims=victims)
    faults, counts = oracle.run()
    print(counts, os.getloadavg()[0])
    assert faults == [], (counts, len(faults), faults[:20])
    one.wait(one.whole, TIGHT.back)


# The disk


@pytest.fixture
def cramped():
    """A server of its own, with all that it has on 256 MB."""
    server = Server(HEFBOOM_WORKERS=2)
    folder = server.data / 'data'
    folder.mkdir(mode=0o711)
    with small_disk(folder, 256):
        try:
            server.start()
            server.command('demo', 'load')
            yield server
        finally:
            server.crashes_declared = 1000
            wrong = server.stop(keep_data=True)
    shutil.rmtree(server.data)
    assert wrong == [], wrong


@as_root
def test_the_disk_is_full(cramped):
    """First tables cannot grow (53100), then the log of changes cannot and
    PostgreSQL ends and is started again, in vain; until there is room."""
    db = Database(cramped.connect())
    ballast = Ballast(cramped.data / 'data')
    one = Faulty(cramped, None)
    with Crowd(cramped, 4) as crowd:
        time.sleep(2)
        begun = time.monotonic()
        ballast.fill()
        lines, rss = one.lines(), one.workers()
        with contextlib.suppress(Exception):
            for _ in range(40):
                db.execute('select pg_switch_wal()')
                db.execute('create table ballast as select'
                           ' generate_series(1, 200000)')
                db.execute('drop table ballast')
        eventually(one.nobody_is_ready, 60, 'it did not panic')
        panicked = time.monotonic()
        assert one.get('/healthz')[0] == 200
        time.sleep(SECONDS / 6)
        wrote = one.lines() - lines
        grown = max(one.rss(pid) - was for pid, was in rss.items())
        ballast.drop()
        ended = time.monotonic()
        one.wait(lambda: crowd.first(ended, 201), 30)
        served = crowd.first(ended, 201) - ended
        time.sleep(1)
    away = [asked for asked in crowd.asked(panicked)
            if asked.at + asked.took < ended]
    db.close()
    db = Database(cramped.connect())
    print({'full': statuses(crowd, begun), 'served_s': round(served, 2),
           'slowest_s': max(asked.took for asked in away),
           'rss_grown_kb': grown // 1024, 'log_lines': wrote,
           'load': os.getloadavg()[0], **crowd.judge(db)})
    assert max(asked.took for asked in away) < TIGHT.answer
    assert served < TIGHT.back, served
    db.close()


# A copy of the database, by PostgreSQL's own means


@contextlib.contextmanager
def copy_of(server, port, *settings, standby=False):
    """A PostgreSQL of its own on what `server` has; its sockets' folder."""
    user = pwd.getpwnam('postgres').pw_name if os.geteuid() == 0 else None
    folder = server.data / 'copy'
    where = dict(word.split('=') for word in server.owner_url.split())
    subprocess.run([PROGRAMS / 'pg_basebackup', '-h', where['host'],
                    '-U', where['user'], '-p', where['port'], '-D', folder,
                    '-X', 'stream', '-c', 'fast', *(['-R'] * standby)],
                   check=True)
    for path in [folder, *folder.rglob('*')]:
        if user:
            shutil.chown(path, user)
    folder.chmod(0o700)
    sockets = server.data / 'sockets'
    sockets.mkdir(mode=0o755)
    if user:
        shutil.chown(sockets, user)
    words = [PROGRAMS / 'postgres', '-D', folder, '-c', f'port={port}',
             '-c', f'unix_socket_directories={sockets}',
             '-c', 'shared_buffers=16MB']
    for setting in settings:
        words += ['-c', setting]
    with open(server.data / 'copy.log', 'ab') as log:
        child = subprocess.Popen([str(word) for word in words], user=user,
                                 stdout=log, stderr=log, cwd='/')
    try:
        eventually(lambda: subprocess.run(
            [PROGRAMS / 'pg_isready', '-q', '-h', sockets, '-p',
             str(port)]).returncode == 0, 60,
            (server.data / 'copy.log').read_text())
        yield sockets
    finally:
        child.terminate()
        child.wait(60)
        shutil.rmtree(folder)
        shutil.rmtree(sockets)


def test_a_standby_that_is_promoted(server, document, coverage):
    """Reads until then, and everything within 5 s of it."""
    data, port = server.data / 'data', free_port()
    with copy_of(server, port, 'listen_addresses=',
                 f'hba_file={data}/pg_hba.conf',
                 f'ident_file={data}/pg_ident.conf', standby=True) as sockets:
        url = f'host={sockets} port={port} dbname=hefboom user='
        other = server.beside(
            HEFBOOM_DATABASE_URL=url + 'hefboom', HEFBOOM_OWNER_URL=None,
            HEFBOOM_TEST_CLOCK=None)
        other.start()
        api = Api(other, document, coverage)
        try:
            api.get('/v1/me').expect(200)
            api.get('/v1/skills?limit=3').expect(200)
            api.get('/readyz', as_=None).expect(200)

            def write():
                return api.post('/v1/goals', json={'title': 'promoted'},
                                headers={'Idempotency-Key': 'promoted'})
            write().expect(503, code='database_unavailable')
            owner = other.connect(url + 'hefboom_owner')
            owner.cursor().execute('select pg_promote()')
            begun = time.monotonic()
            eventually(lambda: write().status_code == 201, TIGHT.back)
            print({'writes_after_s': round(time.monotonic() - begun, 2)})
            owner.close()
        finally:
            wrong = other.stop()
        assert wrong == [], wrong


# Certificates and names


def certificate(folder, name):
    """An authority's file and a server's, for that name."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.utcnow()
    made = (x509.CertificateBuilder().subject_name(subject)
            .issuer_name(subject).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(
                [x509.DNSName(name)]), False)
            .add_extension(x509.BasicConstraints(True, None), True)
            .sign(key, hashes.SHA256()))
    (folder / 'server.crt').write_bytes(
        made.public_bytes(serialization.Encoding.PEM))
    (folder / 'server.key').write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()))
    for path in folder.glob('server.*'):
        path.chmod(0o600)
        shutil.chown(path, 'postgres')
    shutil.copy(folder / 'server.crt', folder / 'ca.crt')
    (folder / 'ca.crt').chmod(0o644)


@needs_names
@pytest.mark.parametrize('name, serves', [
    (NAME, True), ('other.hefboom.test', False)])
def test_the_name_is_still_verified(server, db, tmp_path, name, serves):
    """What libpq connects to is an address, what it verifies is the name."""
    for path in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        path.chmod(0o755)
    certificate(tmp_path, name)
    hba = tmp_path / 'hba'
    hba.write_text('local all all trust\nhostssl all all all trust\n')
    port = free_port()
    with Names(tmp_path) as names, copy_of(
            server, port, 'listen_addresses=127.0.0.1', 'ssl=on',
            f'ssl_cert_file={tmp_path}/server.crt',
            f'ssl_key_file={tmp_path}/server.key',
            f'hba_file={hba}') as sockets:
        other = server.beside(
            HEFBOOM_DATABASE_URL=f'postgresql://hefboom@{NAME}:{port}'
            f'/hefboom?sslmode=verify-full&sslrootcert={tmp_path}/ca.crt',
            HEFBOOM_OWNER_URL=f'host={sockets} port={port} dbname=hefboom'
            ' user=hefboom_owner')
        other.wrapper = names.wrapper
        if serves:
            verified(other, server.token(), names)
            return
        with pytest.raises(RuntimeError, match='does not match'):
            other.start()
        shutil.rmtree(other.data)


def verified(other, token, names):
    other.start()
    try:
        one = Faulty(other, None)
        assert one.get('/v1/me', token)[0] == 200
        # The workers' own connections are made anew, without an answer.
        time.sleep(1.1)
        names.delay = None
        kill = Database(other.connect())
        kill.execute('select pg_terminate_backend(pid) from'
                     " pg_stat_activity where usename = 'hefboom'")
        kill.close()
        slowest = longest(lambda: one.get('/healthz'), 2)
        assert slowest < TIGHT.answer, slowest
        one.wait(one.is_ready, TIGHT.back)
        assert one.get('/v1/me', token)[0] == 200
    finally:
        wrong = other.stop()
    assert wrong == [], wrong
