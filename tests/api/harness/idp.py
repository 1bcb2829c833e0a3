"""idp -- an identity provider of ours on loopback, well or badly behaved.

idp.serve('/jwks', body)            what a path answers
idp.serve('/x', function)           ... by a function of the handler
idp.hits('/jwks')                   how often it was asked
idp.url('/jwks'), idp.plain('/x')   by https and by http
"""

import base64
import collections
import datetime
import http.server
import ipaddress
import json
import ssl
import threading
import time

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .running import free_port

PEM = serialization.Encoding.PEM


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


class Key:
    """A signing key and its JWK."""

    def __init__(self, kid):
        self.kid = kid
        self.private = ec.generate_private_key(ec.SECP256R1())
        numbers = self.private.public_key().public_numbers()
        self.jwk = {'kty': 'EC', 'crv': 'P-256', 'kid': kid, 'use': 'sig',
                    'alg': 'ES256', 'x': b64(numbers.x.to_bytes(32, 'big')),
                    'y': b64(numbers.y.to_bytes(32, 'big'))}

    def token(self, issuer, kid=None, age=0, **others):
        now = int(time.time())
        claims = {'iss': issuer, 'aud': 'hefboom', 'org': 'demo',
                  'sub': 'els', 'roles': ['member'], 'iat': now - age,
                  'exp': now + 600, **others}
        return jwt.encode({name: value for name, value in claims.items()
                           if value is not None}, self.private, 'ES256',
                          headers={'kid': kid or self.kid})


def jwks(*keys):
    return json.dumps({'keys': [key.jwk for key in keys]}).encode()


def make_authority(folder, name='authority'):
    """A CA's certificate as FOLDER/NAME.pem; (key, certificate)."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = sign_certificate(key, name, key, name, True)
    (folder / f'{name}.pem').write_bytes(certificate.public_bytes(PEM))
    return key, certificate


def sign_certificate(key, name, signer, signer_name, authority=False,
                     names=()):
    def named(text):
        return x509.Name([x509.NameAttribute(
            x509.NameOID.COMMON_NAME, text)])

    now = datetime.datetime.utcnow()
    builder = (x509.CertificateBuilder().subject_name(named(name))
               .issuer_name(named(signer_name)).public_key(key.public_key())
               .serial_number(x509.random_serial_number())
               .not_valid_before(now - datetime.timedelta(days=1))
               .not_valid_after(now + datetime.timedelta(days=1))
               .add_extension(x509.BasicConstraints(authority, None), True))
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName(list(names)), False)
    return builder.sign(signer, hashes.SHA256())


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        self.server.idp.count(self.path)
        answer = self.server.idp.paths.get(self.path)
        if callable(answer):
            answer(self)
        elif answer is None:
            self.reply(b'nothing', status=404)
        else:
            self.reply(answer)

    def reply(self, body, status=200, kind='application/json', **headers):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


class Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, address):
        pass


class Idp:
    """Certificates are for `names`, by an authority whose file the server
    is told."""

    def __init__(self, folder, authority=None, names=('127.0.0.1',)):
        self.folder = folder
        self.paths = {}
        self._hits = collections.Counter()
        self._lock = threading.Lock()
        self._listeners = []
        signer, certificate = authority or make_authority(folder)
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.IPAddress(ipaddress.ip_address(name))
                 if name[0].isdigit() else x509.DNSName(name)
                 for name in names]
        own = sign_certificate(
            key, 'idp', signer, certificate.subject.rfc4514_string()[3:],
            names=names)
        self.pem = folder / f'idp-{id(self)}.pem'
        self.pem.write_bytes(own.public_bytes(PEM) + key.private_bytes(
            PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))
        self.ports = {'https': free_port(), 'http': free_port()}

    def start(self):
        """Again on the same ports as before."""
        for scheme, port in self.ports.items():
            listener = Listener(('127.0.0.1', port), Handler)
            listener.idp = self
            self.ports[scheme] = listener.server_address[1]
            if scheme == 'https':
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(self.pem)
                # The handshake belongs to the connection's own thread.
                listener.socket = context.wrap_socket(
                    listener.socket, server_side=True,
                    do_handshake_on_connect=False)
            threading.Thread(target=listener.serve_forever, args=(0.02,),
                             daemon=True).start()
            self._listeners.append(listener)
        return self

    def stop(self):
        for listener in self._listeners:
            listener.shutdown()
            listener.server_close()
        self._listeners = []

    def serve(self, path, answer):
        self.paths[path] = answer

    def count(self, path):
        with self._lock:
            self._hits[path] += 1

    def hits(self, path=None):
        with self._lock:
            return self._hits[path] if path else sum(self._hits.values())

    def url(self, path, host='127.0.0.1'):
        return f'https://{host}:{self.ports["https"]}{path}'

    def plain(self, path, host='127.0.0.1'):
        return f'http://{host}:{self.ports["http"]}{path}'
