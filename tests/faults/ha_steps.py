#!/usr/bin/python3
"""ha_steps.py [FOLDER] -- the steps of docker/compose.ha.yaml without a Docker
engine, as docker_steps.py has those of compose.yaml.

Both images are built as their files say; each service is an overlay upon its
image with process and network namespaces of its own, joined by a bridge, with
the names, addresses, settings and secrets of the file.  Then the container of
the leading PostgreSQL is killed, and writes go on.

    unshare --mount --propagation private tests/faults/ha_steps.py
"""

import ctypes
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import yaml

from containers import ROOT, Container, Stage, build, say, sh, workshop

NEW_NETWORK = 0x40000000
COMPOSE = yaml.safe_load((ROOT / 'docker/compose.ha.yaml').read_text())
SERVICES = COMPOSE['services']
PREFIX = '172.30.77'
COUNTS = {'answered': 0, 'refused': 0}


class Wire:
    """A network namespace on the bridge; what docker makes for a service."""

    end = Container.end

    def __init__(self, name, address):
        self.child = subprocess.Popen(
            ['unshare', '--net', '--', 'sleep', 'infinity'])
        Container.running.append(self)
        self.first = self.child.pid
        mine = os.readlink('/proc/self/ns/net')
        while os.readlink(f'/proc/{self.first}/ns/net') == mine:
            time.sleep(0.01)
        sh('ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0',
           'netns', self.first)
        sh('ip', 'link', 'set', name, 'master', 'bridge', 'up')
        for words in (('addr', 'add', f'{address}/24', 'dev', 'eth0'),
                      ('link', 'set', 'eth0', 'up'),
                      ('link', 'set', 'lo', 'up')):
            sh('nsenter', '-n', '-t', self.first, '--', 'ip', *words)


class Service:
    def __init__(self, name, images, work, addresses, secrets):
        self.name, self.said = name, SERVICES[name]
        image = images[self.said['image']]
        self.stage = Stage(work / name, image.lower, image)
        for field in ('user', 'entry', 'command', 'health'):
            setattr(self.stage, field, getattr(image, field))
        self.wire = Wire(name, addresses[name])
        with open(self.stage.root / 'etc/hosts', 'a') as hosts:
            hosts.writelines(f'{address} {other}\n'
                             for other, address in addresses.items())
        folder = self.stage.root / 'run/secrets'
        folder.mkdir(parents=True)
        for secret in self.said.get('secrets', []):
            source = COMPOSE['secrets'][secret]['file']
            shutil.copy(secrets / pathlib.Path(source).name, folder / secret)
        self.running = None

    def start(self):
        command = self.said.get('command', self.stage.command)
        self.running = Container(
            self.stage, self.stage.entry + command, beside=self.wire,
            **self.said.get('environment', {}))

    def wait(self, seconds=120):
        test = self.said.get('healthcheck', {}).get('test')
        words = ['sh', '-c', test] if test else self.stage.health
        took = self.running.wait(words, seconds=seconds)
        say(f'{self.name}: healthy after {took:.1f} s')


def write(front, token, title):
    """Through the front, from outside; true when it was answered 201."""
    status = subprocess.run(
        ['nsenter', '-t', str(front.wire.first), '-n', '--', 'curl', '-s',
         '-m', '12', '-o', '/dev/null', '-w', '%{http_code}', '-H',
         f'Authorization: Bearer {token}', '-H',
         'Content-Type: application/json', '-d', json.dumps({'title': title}),
         'http://127.0.0.1:8080/v1/goals'],
        capture_output=True, text=True).stdout
    COUNTS['answered' if status == '201' else 'refused'] += 1
    return status == '201'


def leader(services):
    for service in services.values():
        if service.name.startswith('database') and service.running.inside(
                'curl', '-fs', 'http://127.0.0.1:8008/primary',
                check=False).returncode == 0:
            return service
    return None


def check(services):
    front, one = services['front'], services['hefboom1'].running
    one.inside('hefboom', 'demo', 'load')
    token = one.inside('hefboom', 'token', '--org', 'demo', '--person', 'els',
                       '--role', 'member').stdout.strip()
    assert write(front, token, 'before')
    old = leader(services)
    old.running.end()
    begun = time.monotonic()
    while not write(front, token, 'between'):
        assert time.monotonic() - begun < 90, 'no new leader'
        time.sleep(0.2)
    say(f'{old.name} was killed; a write was answered after '
        f'{time.monotonic() - begun:.1f} s')
    old.start()
    old.wait()
    rows = services['database1'].running.inside(
        'sh', '-c', '. /run/secrets/passwords; psql -Atc "select count(*)'
        " from goal where title in ('before', 'between')\""
        ' "postgresql://hefboom_owner:$HEFBOOM_OWNER_PASSWORD@database1,'
        'database2,database3/hefboom?target_session_attrs=read-write"')
    assert int(rows.stdout) == COUNTS['answered'], (rows.stdout, COUNTS)
    for service in services.values():
        users = service.running.users()
        assert 0 not in users.values(), (service.name, users)


def main():
    with workshop() as (cache, work):
        images = {}
        for image, name in (('hefboom-ha', 'Dockerfile.ha'),
                            ('hefboom', 'Dockerfile')):
            folder = work / image
            folder.mkdir()
            images[image] = build(ROOT / 'docker' / name, cache, folder)['last']
            say(f'{image} adds {images[image].size()} MB to Debian')
        # As a user who begins: the script beside the file makes the secrets.
        made = work / 'made'
        made.mkdir()
        shutil.copy(ROOT / 'docker/ha-secrets.sh', made)
        sh('sh', made / 'ha-secrets.sh')
        if ctypes.CDLL(None, use_errno=True).unshare(NEW_NETWORK) != 0:
            sys.exit('no network namespace of our own')
        sh('ip', 'link', 'add', 'bridge', 'type', 'bridge')
        sh('ip', 'link', 'set', 'bridge', 'up')
        addresses = {name: said.get('networks', {}).get('default', {}).get(
            'ipv4_address', f'{PREFIX}.{20 + number}')
            for number, (name, said) in enumerate(SERVICES.items())}
        services = {name: Service(name, images, work, addresses, made / 'ha')
                    for name in SERVICES}
        for kind in ('etcd', 'database', 'hefboom', 'front'):
            several = [service for name, service in services.items()
                       if name.startswith(kind)]
            for service in several:
                service.start()
            for service in several:
                service.wait()
        check(services)


if __name__ == '__main__':
    main()
