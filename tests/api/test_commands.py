"""Every command: what it does, beside a server and without one, and what it
says when it cannot.

Mutations: print errors on stdout; let `token` skip the look at the person;
accept an unknown flag; any zone for an organisation; look at `listen` alone of
the two addresses, or take any port (99999 was 34463); say of `client` only that
there is no such command; leave PGHOSTADDR to libpq; drop the 33rd option: each
fails here.
"""

import json
import os
import pathlib
import stat
import subprocess
import urllib.request

import jwt
import pytest

from harness.running import Server, binary, environment


@pytest.fixture(scope='module')
def alone():
    """A folder without a server; command() works on it."""
    server = Server()
    server.log_path.touch()
    yield server
    assert server.stop() == []


@pytest.fixture(scope='module')
def loaded(alone):
    alone.command('demo', 'load')
    return alone


@pytest.fixture
def people_csv():
    return pathlib.Path(__file__).with_name('other-people.csv')


def refused(result, sentence, status=1):
    """One sentence on stderr, nothing on stdout."""
    assert result.returncode == status, result.stdout + result.stderr
    assert result.stdout == ''
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith('hefboom: ')
    assert sentence in lines[0]


def run(*words, **settings):
    return subprocess.run([binary(), *map(str, words)], text=True,
                          env=environment(**settings), capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=120)


# words

def test_version():
    result = run('--version')
    assert result.returncode == 0
    assert result.stdout.startswith('hefboom 0.')


def test_help_is_the_table():
    result = run('--help')
    assert result.returncode == 0
    assert result.stderr == ''
    for word in ('serve', 'migrate', 'token', 'demo load', 'org create',
                 'import people', 'import esco', 'openapi', 'check-config',
                 '--listen', 'HEFBOOM_LISTEN', '127.0.0.1:8080',
                 'HEFBOOM_DATA', 'HEFBOOM_DATABASE_URL', 'HEFBOOM_OWNER_URL',
                 'HEFBOOM_WORKERS', 'HEFBOOM_TEST_CLOCK'):
        assert word in result.stdout, word
    assert all(len(line) < 120 for line in result.stdout.splitlines())
    assert run('-h').stdout == run('help').stdout == result.stdout


@pytest.mark.parametrize('command', [
    'serve', 'migrate', 'token', 'demo load', 'org create', 'import people',
    'import esco', 'openapi', 'check-config'])
def test_help_of_each(command):
    asked = run('help', *command.split())
    assert asked.returncode == 0
    assert asked.stdout.startswith(f'hefboom {command} ')
    assert run(*command.split(), '--help').stdout == asked.stdout


@pytest.mark.parametrize('words, sentence', [
    (['sevre'], 'there is no command sevre'),
    (['demo'], 'demo alone is no command; there is demo load'),
    (['client', 'lst'], 'there is client create, client list, client secret,'),
    (['help', 'import'], 'there is import people, import esco'),
    (['clien'], 'there is no command clien'),
    (['help', 'sevre'], 'there is no command sevre'),
    (['migrate', '--port', '1'], 'there is no flag --port'),
    (['migrate', '--port'], 'there is no flag --port'),
    (['migrate', '--org', 'demo'], 'there is no flag --org'),
    (['migrate', '--data'], '--data needs a value'),
    (['migrate', 'now'], 'usage: hefboom migrate'),
    (['org', 'create'], 'usage: hefboom org create NAME'),
    (['org', 'create', 'a', 'b'], 'usage: hefboom org create NAME'),
    (['import', 'people'], 'usage: hefboom import people FILE'),
    (['import', 'people', 'x'], '--org must name an organisation'),
    (['import', 'esco', 'x'], '--org must name an organisation'),
    (['token', '--person', 'els'], '--org must name an organisation'),
    (['token', '--org', 'demo'], '--person or --client'),
    (['token', '--org', 'demo', '--person', 'els'], '--role must say'),
    (['token', '--org', 'demo', '--person', 'els', '--client', 'x'],
     '--person or --client'),
    (['token', '--org', 'demo', '--person', 'els', '--role', 'boss'],
     'boss is no role'),
    (['token', '--org', 'demo', '--client', 'x', '--scope', 'none'],
     'there is no scope none; the scopes are people:read, people:write, gr'),
    (['token', '--org', 'demo', '--client', 'x', *31 * ['--scope', 'x']],
     'usage: hefboom token'),
    (['token', '--org', 'demo', '--client', 'x', '--ttl', '1y'],
     '--ttl must be'),
    (['token', '--org', 'demo', '--client', 'x', '--ttl', '367d'],
     '--ttl must be'),
    (['serve', '--workers', 'many'], '--workers must be a number'),
    (['serve', '--listen', '[::1]:80', '--metrics-listen', '[::1]:80'],
     'metrics_listen must be another address than listen'),
    *[(['check-config', f'--{setting}', address],
       f'{setting.replace("-", "_")} must be an address and a port, as')
      for setting in ('listen', 'metrics-listen')
      for address in ('8080', ':8080', '127.0.0.1', '127.0.0.1:',
                      '127.0.0.1:http', '127.0.0.1:65536', '127.0.0.1:99999',
                      '127.0.0.1:18446744073709559696')],
])
def test_misused(words, sentence):
    refused(run(*words), sentence, status=2)


def test_no_words():
    result = run()
    assert result.returncode == 2
    assert 'Commands:' in result.stdout


def test_full_disk_is_told():
    with open('/dev/full', 'w') as full:
        result = subprocess.run([binary(), 'openapi'], stdout=full,
                                stderr=subprocess.PIPE, text=True,
                                env=environment())
    assert result.returncode == 1
    assert 'cannot write' in result.stderr


# openapi, check-config

def test_openapi(document):
    printed = json.loads(run('openapi').stdout)
    assert printed['openapi'].startswith('3.1')
    assert printed['paths'].keys() == document.json['paths'].keys()


def test_check_config(tmp_path):
    result = run('check-config', '--workers', '3', HEFBOOM_DATA=tmp_path,
                 HEFBOOM_DATABASE_URL='postgresql://a:hush@/b',
                 HEFBOOM_SECRET_FILE=secret_file(tmp_path))
    assert result.returncode == 0, result.stderr
    assert 'workers = 3\n' in result.stdout
    assert f'data = {tmp_path}\n' in result.stdout
    assert 'hush' not in result.stdout + result.stderr


def test_check_config_tells_what_it_does_not_know(tmp_path):
    """A setting misspelt; what has a setting's beginning is none."""
    given = {'HEFBOOM_DATA': tmp_path, 'HEFBOOM_WORKER': '3'}
    result = run('check-config', HEFBOOM_RATE_PERSONS='', **given)
    assert result.returncode == 0, result.stderr
    line, = result.stderr.splitlines()
    told = line.removeprefix(
        'hefboom: ignored, for there are no such settings: ').split(', ')
    assert sorted(told) == ['HEFBOOM_RATE_PERSONS', 'HEFBOOM_WORKER']
    assert run('check-config', HEFBOOM_DATA=tmp_path).stderr == ''


def secret_file(folder, length=32, mode=0o600):
    path = folder / 'a-secret'
    path.write_bytes(b's' * length)
    path.chmod(mode)
    return path


@pytest.mark.parametrize('settings, sentence', [
    ({'HEFBOOM_DATABASE_URL': 'postgresql://a:hush@db.example/b'},
     'is on another machine: add sslmode=verify-full'),
    ({'HEFBOOM_DATABASE_URL':
      'postgresql://a@/b?host=/run,db.example&sslmode=require'},
     'is on another machine'),
    ({'HEFBOOM_DATABASE_URL': 'postgresql://a@/b',
      'HEFBOOM_OWNER_URL': 'host=db.example'}, 'is on another machine'),
    ({'HEFBOOM_DATABASE_URL': 'postgresql://a@/b', 'PGHOST': 'db.example'},
     'the database on db.example is on another machine'),
    ({'HEFBOOM_DATABASE_URL': 'postgresql://a@localhost/b',
      'PGHOSTADDR': '192.0.2.1'},
     'the database on 192.0.2.1 is on another machine'),
    ({'HEFBOOM_DATABASE_URL': 'service=main'}, 'is on another machine'),
    ({'HEFBOOM_DATABASE_URL': 'postgresql://a@/b', 'PGSERVICE': 'main'},
     'is on another machine'),
    ({'HEFBOOM_DATABASE_URL': 'a:hush@b'}, 'must look like postgresql://'),
    ({'HEFBOOM_DATABASE_URL': 'postgresql://a@/b'}, 'HEFBOOM_SECRET_FILE'),
    ({'HEFBOOM_SECRET_FILE': '/none'}, 'cannot read the secret /none'),
    *[({f'HEFBOOM_{name}': '/none'},
       f'HEFBOOM_{name} names /none, which is no folder')
      for name in ('DOCS', 'SPOOL', 'POSTGRES_BIN')],
    ({'HEFBOOM_ISSUERS': '/none'},
     'cannot read the issuers in /none: No such file or directory'),
    ({'HEFBOOM_ISSUERS': '/dev/null'}, "'[' or '{' expected near end of file"
     ', line 1'),
])
def test_check_config_refuses(settings, sentence):
    result = run('check-config', **settings)
    refused(result, sentence)
    assert 'hush' not in result.stderr


@pytest.mark.parametrize('settings', [
    {'HEFBOOM_DATABASE_URL':
     'postgresql://a@db.example/b?sslmode=verify-full'},
    {'HEFBOOM_DATABASE_URL': 'postgresql://a@localhost/b'},
    {'HEFBOOM_DATABASE_URL': 'postgresql://a@localhost/b?hostaddr=127.0.0.1',
     'PGHOSTADDR': '192.0.2.1'},
    {'HEFBOOM_DATABASE_URL': 'postgresql://a@db.example/b',
     'HEFBOOM_DATABASE_TLS': 'off'},
])
def test_check_config_accepts(settings, tmp_path):
    result = run('check-config', HEFBOOM_SECRET_FILE=secret_file(tmp_path),
                 **settings)
    assert result.returncode == 0, result.stderr


# without a server

def test_token_before_anything(tmp_path):
    tmp_path.chmod(0o755)
    refused(run('token', '--org', 'demo', '--client', 'x',
                HEFBOOM_DATA=tmp_path / 'none'), 'there is no organisation')


def test_migrate(alone):
    first = alone.command('migrate')
    assert ('were run' in first.stdout) or ('up to date' in first.stdout)
    assert alone.command('migrate').stdout == 'The database is up to date.\n'
    assert not list((alone.data / 'data').rglob('postmaster.pid'))


def test_demo_twice(loaded):
    again = loaded.command('demo', 'load')
    assert again.returncode == 0


def test_org_create(loaded):
    made = loaded.command('org', 'create', 'acme', '--title', 'Acme N.V.',
                          '--language=nl')
    assert 'acme' in made.stdout
    refused(loaded.command('org', 'create', 'acme', check=False),
            'the organisation acme exists already')
    refused(loaded.command('org', 'create', 'Acme!', check=False),
            'Acme! is no name')
    refused(loaded.command('org', 'create', 'b', '--title', '', check=False),
            'needs a title')
    for zone in ('Mars/Phobos', 'europe/brussels', '+02'):
        refused(loaded.command('org', 'create', 'b', '--zone', zone,
                               check=False), "needs a time zone of IANA's")
    refused(loaded.command('org', 'create', 'b', '--language', 'xx',
                           check=False), 'en, nl, fr or de')


def test_import_people(loaded, people_csv):
    loaded.command('org', 'create', 'guests')
    first = loaded.command('import', 'people', people_csv, '--org', 'guests')
    assert first.stdout
    missing = loaded.command('import', 'people', people_csv, '--org', 'none',
                             check=False)
    assert missing.returncode == 1 and 'none' in missing.stderr
    missing = loaded.command('import', 'people', '/none.csv', '--org',
                             'guests', check=False)
    assert missing.returncode == 1 and '/none.csv' in missing.stderr


def test_import_esco_without_files(loaded, tmp_path):
    result = loaded.command('import', 'esco', tmp_path, '--org', 'demo',
                            check=False)
    assert result.returncode == 1
    assert str(tmp_path) in result.stderr


def test_token(loaded):
    result = loaded.command('token', '--org', 'demo', '--person', 'els',
                            '--role', 'member', '--role', 'hr',
                            '--ttl', '2h')
    claims = jwt.decode(result.stdout.strip(), loaded.secret,
                        algorithms=['HS256'], audience='hefboom')
    assert claims['iss'] == 'hefboom'
    assert (claims['org'], claims['sub']) == ('demo', 'els')
    assert claims['roles'] == ['member', 'hr']
    assert claims['exp'] - claims['iat'] == 7200


def test_token_of_a_machine(loaded):
    """It has one role, which need not be said."""
    token = loaded.command('token', '--org', 'demo', '--client', 'x')
    assert jwt.decode(token.stdout.strip(), loaded.secret,
                      algorithms=['HS256'], audience='hefboom'
                      )['roles'] == ['integrator']


def test_token_for_nobody(loaded):
    def token(*words):
        return loaded.command('token', *words, check=False)
    refused(token('--org', 'none', '--client', 'x'),
            'there is no organisation none')
    refused(token('--org', 'demo', '--person', 'nobody', '--role', 'member'),
            'the organisation demo has nobody called nobody')


def test_secret(loaded):
    path = loaded.data / 'data' / 'secret'
    about = path.stat()
    assert stat.S_IMODE(about.st_mode) == 0o600
    assert about.st_size == 32
    assert about.st_uid == os.geteuid()


# beside a server

def test_beside_a_server(server):
    """Each command leaves the server as it was."""
    before = server.children()
    token = server.command('token', '--org', 'demo', '--person', 'els',
                           '--role', 'member').stdout.strip()
    request = urllib.request.Request(
        server.url + '/v1/me', headers={'Authorization': f'Bearer {token}'})
    with urllib.request.urlopen(request) as reply:
        assert json.load(reply)['user_name'] == 'els'
    assert server.command('migrate').stdout.startswith('The database is up')
    server.command('demo', 'load')
    name = 'beside' + str(os.getpid())
    server.command('org', 'create', name)
    assert server.children().keys() == before.keys()


def test_token_of_a_deactivated_person(server):
    """Roger has left the demonstration organisation."""
    result = server.command('token', '--org', 'demo', '--person', 'roger',
                            '--role', 'member', check=False)
    refused(result, 'is not active')
