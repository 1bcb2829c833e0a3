"""ha_tls -- the machines of ha_cluster.py, with docker/patroni_tls.yml: a
certificate for whoever speaks to etcd, to Patroni or to another PostgreSQL,
made as docs/operations.md says by an authority of the moment."""

import http.client
import json
import pathlib
import shutil
import ssl
import subprocess

import yaml

from ha_cluster import BIN, PASSWORDS, ROOT, SCOPE, Cluster, Node, sh
from harness.installation import shell_blocks


class TlsNode(Node):
    def __init__(self, cluster, number):
        super().__init__(cluster, number)
        self.settings, self.tls = self.folder / 'patroni', self.folder / 'tls'
        self.tls.mkdir()
        certify(cluster.authority, self.tls, self.name, [
            f'IP:{self.inner}', f'IP:{self.outer}', 'DNS:localhost'])
        for path in (self.tls, *self.tls.iterdir()):
            shutil.chown(path, 'postgres')

    def etcd_options(self):
        return [f'--{kind}{option}' for kind in ('', 'peer-') for option in (
            f'cert-file={self.tls}/node.crt', f'key-file={self.tls}/node.key',
            f'trusted-ca-file={self.tls}/ca.crt', 'client-cert-auth')]

    def write_settings(self):
        """Two files in a folder, as they are in docker."""
        self.settings.mkdir(exist_ok=True)
        text = (ROOT / 'docker/patroni_tls.yml').read_text()
        for name, said in (
                ('patroni.yml', yaml.safe_dump(self.configuration())),
                ('patroni_tls.yml',
                 text.replace('/etc/patroni/tls', str(self.tls)))):
            (self.settings / name).write_text(said)
        for path in (self.settings, *self.settings.iterdir()):
            shutil.chown(path, 'postgres')

    def rest(self, path, shown=True):
        """(status, JSON), with this node's certificate, or with none."""
        context = ssl.create_default_context(cafile=self.tls / 'ca.crt')
        if shown:
            context.load_cert_chain(self.tls / 'node.crt',
                                    self.tls / 'node.key')
        asked = http.client.HTTPSConnection(self.outer, 8008, timeout=2,
                                            context=context)
        try:
            asked.request('GET', path)
            reply = asked.getresponse()
            said = reply.read()
            return reply.status, json.loads(said) if reply.status == 200 else {}
        except (OSError, ValueError, http.client.HTTPException):
            return 0, {}
        finally:
            asked.close()


def certify(authority, folder, name, others):
    """node.crt, node.key and ca.crt into `folder`."""
    sh('sh', '-euc', shell_blocks('tls-node'), cwd=authority, env={
        'NODE': name, 'PATH': '/usr/bin:/bin',
        'NAMES': ','.join([f'DNS:{name}', *others])})
    for suffix in ('crt', 'key'):
        (authority / f'{name}.{suffix}').rename(folder / f'node.{suffix}')
    shutil.copy(authority / 'ca.crt', folder)


class TlsCluster(Cluster):
    node, scheme = TlsNode, 'https'

    def __init__(self, folder, *more, **changed):
        self.authority = pathlib.Path(folder) / 'authority'
        self.authority.mkdir()
        sh('sh', '-euc', shell_blocks('tls-authority'), cwd=self.authority)
        self.root = pathlib.Path(folder) / 'ca.crt'
        shutil.copy(self.authority / 'ca.crt', self.root)
        super().__init__(folder, *more, **changed)

    def url(self, role, *nodes):
        return (super().url(role, *nodes)
                + f'&sslmode=verify-full&sslrootcert={self.root}')

    def replication_options(self):
        own = self.nodes[2].tls
        return (f' sslmode=verify-full sslrootcert={self.root}'
                f' sslcert={own}/node.crt sslkey={own}/node.key')


# Who gets in: each is true when it does.

def asks_etcd(node, *options):
    return subprocess.run(
        node.words('curl', '-sf', '--http1.1', '-m', '5', *options,
                   f'https://{node.inner}:2379/v2/keys/service/{SCOPE}/leader'),
        capture_output=True).returncode == 0


def is_peer_of_etcd(node, *options):
    return subprocess.run(
        node.words('curl', '-sf', '--http1.1', '-m', '5', *options,
                   f'https://{node.inner}:2380/members'),
        capture_output=True).returncode == 0


def connects(node, role, database, **options):
    words = {'host': node.outer, 'user': role, 'dbname': database,
             'password': PASSWORDS[role], 'connect_timeout': 5, **options}
    return subprocess.run(
        [BIN / 'psql', '-Atc', 'select 1' if database != 'replication' else
         'IDENTIFY_SYSTEM', '-d', ' '.join(
             f"{name}='{value}'" for name, value in words.items())],
        env={'HOME': '/nonexistent'}, capture_output=True).returncode == 0


def let_in(cluster):
    """What got in though it should not, and what should and did not."""
    node, wrong = cluster.leader(), []
    stranger = cluster.folder / 'stranger'
    authority = stranger / 'authority'
    authority.mkdir(parents=True)
    sh('sh', '-euc', shell_blocks('tls-authority'), cwd=authority)
    certify(authority, stranger, node.name, [f'IP:{node.outer}'])
    root = {'sslmode': 'verify-full', 'sslrootcert': cluster.root}

    def shown(folder):
        return {'sslcert': folder / 'node.crt', 'sslkey': folder / 'node.key'}

    def curl(folder):
        return ['--cacert', cluster.root, '--cert', folder / 'node.crt',
                '--key', folder / 'node.key']
    physical = {'replication': 'true'}
    for expected, what, found in (
            (True, 'etcd', asks_etcd(node, *curl(node.tls))),
            (False, 'etcd, none shown',
             asks_etcd(node, '--cacert', cluster.root)),
            (False, "etcd, a stranger's", asks_etcd(node, *curl(stranger))),
            (True, "etcd's peers", is_peer_of_etcd(node, *curl(node.tls))),
            (False, "etcd's peers, none shown",
             is_peer_of_etcd(node, '--cacert', cluster.root)),
            (True, 'REST', node.rest('/primary')[0] == 200),
            (False, 'REST, none shown', node.rest('/primary', False)[0] != 0),
            (True, 'hefboom', connects(node, 'hefboom', 'hefboom', **root)),
            (False, 'hefboom, not encrypted',
             connects(node, 'hefboom', 'hefboom', sslmode='disable')),
            (False, "hefboom, a stranger's authority", connects(
                node, 'hefboom', 'hefboom', sslmode='verify-full',
                sslrootcert=stranger / 'ca.crt')),
            (True, 'replication', connects(
                node, 'replicator', 'replication', **physical, **root,
                **shown(node.tls))),
            (False, 'replication, none shown', connects(
                node, 'replicator', 'replication', **physical, **root)),
            (False, "replication, a stranger's", connects(
                node, 'replicator', 'replication', **physical, **root,
                **shown(stranger))),
            (True, 'superuser', connects(
                node, 'postgres', 'postgres', **root, **shown(node.tls))),
            (False, 'superuser, none shown',
             connects(node, 'postgres', 'postgres', **root))):
        if found is not expected:
            wrong.append(f'{what}: {"not let in" if expected else "let in"}')
    rows = node.sql('select ssl, client_dn from pg_stat_replication'
                    ' join pg_stat_ssl using (pid) order by 2')
    names = sorted(f'/CN={other.name}' for other in cluster.others(node))
    if rows != [['t', name] for name in names]:
        wrong.append(f'replication: {rows}')
    return wrong
