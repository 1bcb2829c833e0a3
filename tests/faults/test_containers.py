"""docker/Dockerfile, docker/compose.yaml, docker/compose.ha.yaml, the unit for
systemd and ./dev itself, carried out in folders made by debootstrap.

Mutations: roles.sh without its role; no USER; an ExecReload of /bin/kill, which
a small Debian lacks; target_session_attrs left out of ha-secrets.sh; `comand`,
`subnett` in compose.ha.yaml; pgbouncer not disabled after it was installed; a
policy that lets Debian start what it installs: each fails here.
"""

import os
import shutil
import subprocess

import pytest

from cluster import needs
from harness.running import binary

pytestmark = [
    pytest.mark.long, needs('debootstrap')[1], needs('ip')[1],
    pytest.mark.skipif(os.geteuid() != 0, reason='only root may mount'),
    pytest.mark.skipif(shutil.which('unshare') is None, reason='no unshare')]


def steps(root, name, *words):
    result = subprocess.run(
        ['unshare', '--mount', '--propagation', 'private',
         root / 'tests/faults' / name, *words],
        capture_output=True, text=True, timeout=3600)
    print(result.stdout)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.splitlines()[-1] == '== passed'


@needs('docker-compose')[1]
@pytest.mark.parametrize('name', ('compose.yaml', 'compose.ha.yaml'))
def test_compose_takes_it(root, name):
    """What Compose itself makes of the file, without an engine."""
    result = subprocess.run(
        ['docker-compose', '-f', root / 'docker' / name, 'config', '-q'],
        env={**os.environ, 'DATABASE_PASSWORD': 'x'}, capture_output=True,
        text=True)
    assert result.returncode == 0, result.stderr


def test_docker(root):
    steps(root, 'docker_steps.py')


def test_docker_ha(root):
    steps(root, 'ha_steps.py')


def test_dev(root):
    steps(root, 'dev_steps.py')


def test_systemd(root):
    build = binary().parent
    # What runs under systemd is the release: no sanitizer is in that Debian.
    release = root / 'build'
    if not (release / 'hefboom').exists():
        release = build
    steps(root, 'systemd_steps.py', release)
