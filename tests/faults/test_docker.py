"""docker/Dockerfile and docker/compose.yaml, carried out by docker_steps.py.

Mutations: no USER; a health check of a command that does not exist; a library
left out of the first stage; roles.sh without its role: each fails here.
"""

import os
import subprocess

import pytest

from cluster import needs


@pytest.mark.long
@pytest.mark.skipif(os.geteuid() != 0, reason='only root may mount')
@needs('debootstrap')[1]
@needs('ip')[1]
def test_docker_steps(root):
    result = subprocess.run(
        ['unshare', '--mount', '--propagation', 'private',
         root / 'tests/faults/docker_steps.py'],
        capture_output=True, text=True, timeout=1800)
    print(result.stdout)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.splitlines()[-1] == '== passed'
