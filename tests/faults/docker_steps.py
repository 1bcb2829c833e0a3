#!/usr/bin/python3
"""docker_steps.py [FOLDER] -- the steps of docker/Dockerfile and compose.yaml
without a Docker engine.

Each FROM, RUN, COPY, ENV, USER ... is read from the file and carried out in
folders made by debootstrap (containers.py); what starts there is alone, as in
a container.  FOLDER (/var/tmp/hefboom-docker) keeps the bare Debian for the
next time.  Run it as root with mounts of its own, which end with it:

    unshare --mount --propagation private tests/faults/docker_steps.py
"""

import re
import secrets
import shutil
import time

import yaml

from containers import ROOT, Container, build, say, workshop


def check_alone(stage):
    """docker run: the embedded PostgreSQL, twice on one volume."""
    for turn in ('a new volume', 'the same volume'):
        serving = Container(stage, stage.entry + stage.command)
        took = serving.wait(stage.health)
        serving.inside('hefboom', 'demo', 'load')
        token = serving.inside('hefboom', 'token', '--org', 'demo', '--person',
                               'els', '--role', 'member').stdout.strip()
        assert serving.get('/readyz') == '200'
        assert serving.get('/v1/me', token) == '200'
        assert serving.get('/v1/me') == '401'
        assert serving.get('/docs/index.html') == '200'
        users = serving.users()
        assert {'hefboom', 'hefboom-worker', 'hefboom-jobs',
                'postgres'} <= set(users), users
        assert 0 not in users.values(), users
        begun = time.monotonic()
        status = serving.stop(stage.stop)
        assert status == 0, status
        say(f'{turn}: ready after {took:.1f} s, {len(users)} kinds of '
            f'process of the user {stage.user}, stopped in '
            f'{time.monotonic() - begun:.1f} s')


def substitute(value, given):
    return re.sub(r'\$\{(\w+)(?::\?[^}]*)?\}',
                  lambda match: given[match[1]], str(value))


def check_compose(stage, database):
    """compose.yaml: a PostgreSQL of its own, the roles of roles.sh."""
    services = yaml.safe_load(
        (ROOT / 'docker/compose.yaml').read_text())['services']
    given = {'DATABASE_PASSWORD': secrets.token_hex(16)}
    settings = {name: {key: substitute(value, given) for key, value in
                       services[name]['environment'].items()}
                for name in services}
    own = settings['database']
    mounted = services['database']['volumes'][1].split(':')
    shutil.copy(ROOT / 'docker' / mounted[0], database.root / 'roles.sh')
    # What the image of PostgreSQL does at its first start.
    script = '''
    set -e
    bin=/usr/lib/postgresql/15/bin
    printf %s "$POSTGRES_PASSWORD" >/tmp/password
    $bin/initdb -D /tmp/data --encoding=UTF8 --locale=C.UTF-8 \
        -U "$POSTGRES_USER" --pwfile=/tmp/password --auth-local=trust \
        --auth-host=scram-sha-256 >/dev/null
    $bin/pg_ctl -D /tmp/data -w -o '-c unix_socket_directories=/tmp \
        -c listen_addresses=' start >/dev/null
    export PGHOST=/tmp
    createdb -U "$POSTGRES_USER" "$POSTGRES_DB"
    sh /roles.sh
    $bin/pg_ctl -D /tmp/data -w stop >/dev/null
    exec $bin/postgres -D /tmp/data -c unix_socket_directories=/tmp \
        -c listen_addresses=127.0.0.1
    '''
    postgres = Container(database, ['sh', '-c', script], user='postgres',
                         **own)
    test = services['database']['healthcheck']['test']
    postgres.wait(['sh', '-c', f'PGHOST=127.0.0.1 {test}'])
    with open(stage.root / 'etc/hosts', 'a') as hosts:
        hosts.write('127.0.0.1 database\n')
    secret = stage.root / settings['hefboom']['HEFBOOM_SECRET_FILE'][1:]
    secret.parent.mkdir(parents=True, exist_ok=True)
    secret.write_bytes(secrets.token_bytes(32))
    serving = Container(stage, stage.entry + stage.command, beside=postgres,
                        **settings['hefboom'])
    serving.wait(stage.health)
    serving.inside('hefboom', 'demo', 'load')
    token = serving.inside('hefboom', 'token', '--org', 'demo', '--person',
                           'els', '--role', 'member').stdout.strip()
    assert serving.get('/v1/me', token) == '200'
    assert 'postgres' not in serving.users()
    assert 0 not in serving.users().values()
    # Unhealthy without its database, though it runs.
    assert postgres.stop('SIGINT') == 0
    deadline = time.monotonic() + 10
    while serving.inside(*stage.health, check=False).returncode == 0:
        assert time.monotonic() < deadline, 'healthy without a database'
    assert serving.stop(stage.stop) == 0
    say('compose.yaml: ready with roles.sh, unready without its database')


def main():
    with workshop() as (cache, work):
        stages = build(ROOT / 'docker/Dockerfile', cache, work)
        last = stages['last']
        assert last.user != 'root' and last.health
        # What built it stays behind.
        for name in ('gcc', 'meson', 'npm'):
            assert (stages['build'].root / 'usr/bin' / name).exists(), name
            assert not (last.root / 'usr/bin' / name).exists(), name
        say(f'the image adds {last.size()} MB to Debian')
        check_alone(last)
        check_compose(last, stages['packages'])


if __name__ == '__main__':
    main()
