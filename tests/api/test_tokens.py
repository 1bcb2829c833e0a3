"""Forged tokens against the running server: for the rules of the guard
(include/hefboom/token.h) tokens that are wrong in one thing, through HTTP.

That each rule has its own forgery is shown by tests/unit/test_token*.c; here
it is shown that the server asks the guard, and what it answers.
"""

import base64
import hashlib
import hmac
import http.client
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils


IDP = 'https://idp.example'
ALGORITHMS = [kind + size for kind in ('RS', 'PS', 'ES')
              for size in ('256', '384', '512')]
CURVES = {'ES256': ec.SECP256R1, 'ES384': ec.SECP384R1, 'ES512': ec.SECP521R1}


def b64(data):
    if not isinstance(data, bytes):
        data = json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def sign(secret, header, payload):
    """HS256 over these very parts, texts or things to be encoded."""
    parts = [part if isinstance(part, str) else b64(part)
             for part in (header, payload)]
    text = '.'.join(parts)
    digest = hmac.new(secret, text.encode(), hashlib.sha256).digest()
    return f'{text}.{b64(digest)}'


def claims(**others):
    now = int(time.time())
    usual = {'iss': 'hefboom', 'aud': 'hefboom', 'org': 'demo', 'sub': 'els',
             'roles': ['member'], 'iat': now, 'exp': now + 600, **others}
    return {name: value for name, value in usual.items()
            if value is not ABSENT}


ABSENT = object()
LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
HEADER = {'alg': 'HS256', 'typ': 'JWT'}


def ask(server, token):
    connection = http.client.HTTPConnection(server.host, server.port,
                                            timeout=20)
    try:
        connection.putrequest('GET', '/v1/me')
        connection.putheader(
            'Authorization',
            b'Bearer ' + (token if isinstance(token, bytes)
                          else token.encode()))
        connection.endheaders()
        reply = connection.getresponse()
        return reply.status, reply.headers, reply.read()
    finally:
        connection.close()


def refused(server, token):
    status, headers, body = ask(server, token)
    assert status == 401, (status, body)
    challenge = headers['WWW-Authenticate']
    assert challenge.startswith('Bearer '), challenge
    assert 'error="invalid_token"' in challenge
    assert headers['Content-Type'].split(';')[0] == 'application/problem+json'
    problem = json.loads(body)
    assert problem['status'] == 401
    assert problem['type'].replace('-', '_').endswith('invalid_token')
    # A refusal repeats nothing of what was sent.
    assert 'els' not in json.dumps([problem.get('detail'), challenge])


def accepted(server, token):
    status, _, body = ask(server, token)
    assert status == 200, (status, body)
    return json.loads(body)


def test_the_right_one(server):
    """What the forgeries differ from."""
    assert accepted(server, sign(server.secret, HEADER, claims()))
    for typ in ('at+jwt', 'application/at+jwt', 'jwt'):
        accepted(server, sign(server.secret, {**HEADER, 'typ': typ}, claims()))


HEADERS = {
    'none': {'alg': 'none'},
    'none in capitals': {'alg': 'NONE'},
    'other of the family': {'alg': 'HS512'},
    'asymmetric': {'alg': 'RS256'},
    'no algorithm': {'typ': 'JWT'},
    'null algorithm': {'alg': None},
    'list of algorithms': {'alg': ['HS256']},
    'crit': {**HEADER, 'crit': ['exp']},
    'empty crit': {**HEADER, 'crit': []},
    'jku': {**HEADER, 'jku': 'https://evil.example/jwks'},
    'jwk': {**HEADER, 'jwk': {'kty': 'oct', 'k': 'AAAA'}},
    'x5u': {**HEADER, 'x5u': 'https://evil.example/x'},
    'x5c': {**HEADER, 'x5c': ['AAAA']},
    'b64': {**HEADER, 'crit': ['b64'], 'b64': False},
    'b64 alone': {**HEADER, 'b64': True},
    'zip': {**HEADER, 'zip': 'DEF'},
    'wrong typ': {**HEADER, 'typ': 'secevent+jwt'},
    'empty typ': {**HEADER, 'typ': ''},
    'null typ': {**HEADER, 'typ': None},
    'unknown kid': {**HEADER, 'kid': 'x'},
    'path as kid': {**HEADER, 'kid': '../../../../dev/null'},
    'sql as kid': {**HEADER, 'kid': "' union select 'key"},
    'kid of 129': {**HEADER, 'kid': 'k' * 129},
    'number as kid': {**HEADER, 'kid': 1},
    'array': ['HS256'],
}


@pytest.mark.parametrize('name', HEADERS)
def test_header(server, name):
    refused(server, sign(server.secret, HEADERS[name], claims()))


def now(seconds=0):
    return int(time.time()) + seconds


CLAIMS = {
    'issuer unknown': lambda: {'iss': 'https://evil.example'},
    'issuer with slash': lambda: {'iss': 'hefboom/'},
    'issuer absent': lambda: {'iss': ABSENT},
    'issuer list': lambda: {'iss': ['hefboom']},
    'audience wrong': lambda: {'aud': 'other'},
    'audience list without us': lambda: {'aud': ['other', 'Hefboom']},
    'audience empty list': lambda: {'aud': []},
    'audience with number': lambda: {'aud': ['hefboom', 1]},
    'audience absent': lambda: {'aud': ABSENT},
    'expired': lambda: {'exp': now(-61)},
    'expired long ago': lambda: {'exp': 1},
    'exp absent': lambda: {'exp': ABSENT},
    'exp null': lambda: {'exp': None},
    'exp text': lambda: {'exp': str(now(600))},
    'exp negative': lambda: {'exp': -now(600)},
    'exp huge': lambda: {'exp': 10 ** 18},
    'exp beyond 64 bits': lambda: {'exp': 10 ** 30},
    'exp huge fraction': lambda: {'exp': 1e300},
    'nbf to come': lambda: {'nbf': now(120)},
    'nbf text': lambda: {'nbf': '0'},
    'iat to come': lambda: {'iat': now(120)},
    'iat text': lambda: {'iat': 'now'},
    'sub absent': lambda: {'sub': ABSENT},
    'sub empty': lambda: {'sub': ''},
    'sub number': lambda: {'sub': 1},
    'sub too long': lambda: {'sub': 's' * 801},
    'sub with NUL': lambda: {'sub': 'els\0x'},
    'sub with newline': lambda: {'sub': 'els\n'},
    'org absent': lambda: {'org': ABSENT},
    'org empty': lambda: {'org': ''},
    'org list': lambda: {'org': ['demo']},
    'roles number': lambda: {'roles': 1},
    'roles object': lambda: {'roles': {'admin': True}},
    'roles mixed': lambda: {'roles': ['member', 1]},
    'id token': lambda: {'at_hash': 'x'},
    'id token with a code': lambda: {'c_hash': 'x', 'nonce': 'n'},
    'id token by name': lambda: {'typ': 'ID'},
    'refresh token': lambda: {'typ': 'Refresh'},
    'offline token': lambda: {'typ': 'Offline'},
    'logout token by name': lambda: {'typ': 'logout'},
    'logout token': lambda: {'events': {
        'http://schemas.openid.net/event/backchannel-logout': {}}},
    'scope number': lambda: {'scope': 1},
    'scope quoted': lambda: {'scope': 'a"b'},
}


@pytest.mark.parametrize('name', CLAIMS)
def test_claims(server, name):
    refused(server, sign(server.secret, HEADER, claims(**CLAIMS[name]())))


def test_claims_that_may_be(server):
    for others in ({'exp': time.time() + 600.5}, {'exp': now(-30)},
                   {'aud': ['other', 'hefboom']}, {'nbf': now(30)},
                   {'roles': 'member'}, {'iat': ABSENT},
                   {'nonce': 'n', 'typ': 'Bearer', 'auth_time': 1}):
        accepted(server, sign(server.secret, HEADER, claims(**others)))


def test_form(server):
    good = sign(server.secret, HEADER, claims())
    head, payload, signature = good.split('.')
    loose = signature[:-1] + LETTERS[LETTERS.index(signature[-1]) + 1]
    for token in (
            head, f'{head}.{payload}', f'{head}.{payload}.', f'.{good}',
            f'{good}.', f'{good}.AAAA', f'{good}.AAAA.AAAA',
            f'{head}..{signature}',
            f'{good}=', f'{good}==', f'{good}A', f'{good}AA', f'{good}+',
            f'{good}/', f'{good},', f'"{good}"', f'{good} x',
            f'{head}.{payload}.{loose}', f'{head}.{payload}.AAAA',
            f'{head}=.{payload}.{signature}',
            good[:-1], '.', '..', '...', 'x',
            json.dumps({'protected': head, 'payload': payload,
                        'signature': signature}),
            good.encode() + b'\xc3\xa9'):
        refused(server, token)
    accepted(server, good)


def test_parts_that_are_signed_as_they_are(server):
    """Rightly signed, so only the way of writing is wrong."""
    plain = b64(json.dumps(claims()).encode() + b' ' * 3)
    while len(plain) % 4 == 0:
        plain = b64(json.dumps(claims(jti='x' * len(plain))).encode())
    loose = plain[:-1] + LETTERS[LETTERS.index(plain[-1]) + 1]
    padded = plain + '=' * (-len(plain) % 4)
    head = b64(HEADER)
    accepted(server, sign(server.secret, head, plain))
    for bad in (loose, padded, plain[:8] + '+' + plain[9:],
                plain[:8] + '/' + plain[9:], plain[:8] + '%' + plain[9:]):
        refused(server, sign(server.secret, head, bad))


@pytest.mark.parametrize('bad', [
    b'{"alg":"HS256","alg":"HS256"}', b'{"alg":"none","alg":"HS256"}',
    b'{"alg":"HS256","\\u0061lg":"none"}', b'{"alg":"HS256"',
    b'{"alg":"HS256"}x', b'\xef\xbb\xbf{"alg":"HS256"}',
    b'{"alg":"HS256","a":"\xff"}', b'{"alg":"HS256","a":"\\ud800"}',
    b'{"alg":"HS256"}\0', b'"HS256"', b'null'])
def test_json_of_the_header(server, bad):
    refused(server, sign(server.secret, b64(bad), claims()))


def test_json_of_the_claims(server):
    text = json.dumps(claims()).encode()
    for bad in (text[:-1], text + b'x', text + b'\0', b'[' + text + b']',
                text[:-1] + b',"sub":"an"}', text[:-1] + b',"a":"\xc0\xaf"}',
                text[:-1] + b',"a":"\xed\xa0\x80"}', b'\xef\xbb\xbf' + text,
                text[:-1] + b',"a":{"b":1,"b":1}}', b'"text"',
                text[:-1] + b',"a":' + b'[' * 2500 + b']' * 2500 + b'}'):
        refused(server, sign(server.secret, HEADER, b64(bad)))
    accepted(server, sign(server.secret, HEADER, b64(text)))


def test_length(server):
    """8 KiB by themselves; the header block ends a little earlier."""
    status, _, _ = ask(server, sign(server.secret, HEADER,
                                    claims(filler='x' * 6500)))
    assert status in (401, 431)
    accepted(server, sign(server.secret, HEADER, claims(filler='x' * 4000)))


def test_other_secrets(server):
    for secret in (b'', b'\0' * 32, b'secret', server.secret[:-1],
                   server.secret + b'x', server.secret.hex().encode()):
        refused(server, sign(secret, HEADER, claims()))
    unsigned = f'{b64({"alg": "none"})}.{b64(claims())}.'
    refused(server, unsigned)
    refused(server, unsigned + 'AA')


def test_remembered_token_expires(server):
    token = sign(server.secret, HEADER, claims(exp=now(-52)))
    accepted(server, token)
    time.sleep(9)
    refused(server, token)


def test_altered_copies_of_a_remembered_token(server):
    token = sign(server.secret, HEADER, claims(jti='once'))
    accepted(server, token)
    for at in range(0, len(token), 17):
        letter = 'B' if token[at] == 'A' else 'A'
        refused(server, token[:at] + letter + token[at + 1:])
    accepted(server, token)


# Another server on the same database, with identity providers of its own.

class Keys:
    def __init__(self, folder):
        self.folder = folder
        self.rsa = rsa.generate_private_key(65537, 2048)
        self.other = rsa.generate_private_key(65537, 2048)
        self.ec = {name: ec.generate_private_key(curve())
                   for name, curve in CURVES.items()}
        self.pem = self.rsa.public_key().public_bytes(
            serialization.Encoding.PEM,
            serialization.PublicFormat.SubjectPublicKeyInfo)
        (folder / 'pem').write_bytes(self.pem)
        (folder / 'jwks').write_text(json.dumps({'keys': self.jwks()}))

    def jwks(self):
        keys = [{**self.jwk(self.rsa), 'kid': name, 'alg': name}
                for name in ALGORITHMS if not name.startswith('ES')]
        keys += [{**self.jwk(self.ec[name]), 'kid': name} for name in CURVES]
        keys.append({**self.jwk(self.other), 'kid': 'second', 'use': 'sig'})
        keys.append({**self.jwk(self.other), 'kid': 'enc', 'use': 'enc'})
        return keys

    @staticmethod
    def jwk(key):
        numbers = key.public_key().public_numbers()
        if isinstance(key, rsa.RSAPrivateKey):
            return {'kty': 'RSA', 'n': b64(numbers.n.to_bytes(256, 'big')),
                    'e': 'AQAB'}
        size = (key.key_size + 7) // 8
        return {'kty': 'EC', 'crv': f'P-{key.key_size}',
                'x': b64(numbers.x.to_bytes(size, 'big')),
                'y': b64(numbers.y.to_bytes(size, 'big'))}

    def of(self, algorithm):
        return self.ec.get(algorithm, self.rsa)

    def token(self, algorithm, key=None, kid=ABSENT, **others):
        kid = algorithm if kid is ABSENT else kid
        return jwt.encode(
            claims(**{'iss': IDP, **others}), key or self.of(algorithm),
            algorithm, headers={'kid': kid} if kid else None)


@pytest.fixture(scope='module')
def keys(tmp_path_factory):
    return Keys(tmp_path_factory.mktemp('issuers'))


@pytest.fixture(scope='module')
def federated(server, keys):
    usual = {'audience': 'hefboom', 'organisations': ['demo']}
    path = keys.folder / 'issuers.json'
    path.write_text(json.dumps([
        {**usual, 'issuer': IDP, 'algorithms': ALGORITHMS,
         'jwks_file': str(keys.folder / 'jwks')},
        {**usual, 'issuer': 'pem', 'algorithms': ['RS256'],
         'pem_file': str(keys.folder / 'pem')},
        {**usual, 'issuer': 'nested', 'algorithms': ['RS256'],
         'pem_file': str(keys.folder / 'pem'),
         'organisations': {'42': 'demo', '43': 'other'},
         'claims': {'subject': 'user.name', 'org': ['https://x.example/org'],
                    'roles': 'realm_access.roles'},
         'role_names': {'Learning-HR': 'hr', 'Staff': 'member'}},
    ]))
    second = server.beside(HEFBOOM_ISSUERS=path, HEFBOOM_WORKERS=1)
    with second.running():
        yield second


@pytest.mark.parametrize('algorithm', ALGORITHMS)
def test_algorithm(federated, keys, algorithm):
    accepted(federated, keys.token(algorithm))
    stranger = (ec.generate_private_key(CURVES[algorithm]())
                if algorithm in CURVES else keys.other)
    refused(federated, keys.token(algorithm, stranger))
    # Its name with every other algorithm.
    for other in ALGORITHMS:
        if other != algorithm:
            refused(federated, keys.token(other, kid=algorithm))


def test_key_names(federated, keys):
    accepted(federated, keys.token('RS256', keys.other, kid='second'))
    refused(federated, keys.token('RS256', keys.other, kid='enc'))
    refused(federated, keys.token('RS256', kid='second'))
    refused(federated, keys.token('RS256', kid='third'))
    refused(federated, keys.token('RS256', kid='k' * 129))
    # Two keys for RS256, one for RS384.
    refused(federated, keys.token('RS256', kid=None))
    accepted(federated, keys.token('RS384', kid=None))


def test_public_key_as_secret(federated, keys):
    for issuer in ('pem', IDP):
        for secret in (keys.pem, keys.pem.strip(), b''):
            for header in (HEADER, {**HEADER, 'kid': 'RS256'}):
                refused(federated, sign(secret, header, claims(iss=issuer)))


def test_signatures_of_another_kind(federated, keys):
    head, payload, signature = keys.token('ES256').split('.')
    text = f'{head}.{payload}'.encode()
    der = keys.ec['ES256'].sign(text, ec.ECDSA(hashes.SHA256()))
    refused(federated, f'{head}.{payload}.{b64(der)}')
    raw = b''.join(number.to_bytes(32, 'big')
                   for number in utils.decode_dss_signature(der))
    accepted(federated, f'{head}.{payload}.{b64(raw)}')
    refused(federated, f'{head}.{payload}.{b64(bytes(64))}')
    refused(federated, f'{head}.{payload}.{b64(raw + bytes(1))}')
    # ES256 as the header says, by the key of ES384.
    big = utils.decode_dss_signature(
        keys.ec['ES384'].sign(text, ec.ECDSA(hashes.SHA256())))
    refused(federated, f'{head}.{payload}.' + b64(b''.join(
        number.to_bytes(48, 'big') for number in big)))
    # PSS where PKCS #1 is said, and a salt of another length.
    head, payload, _ = keys.token('RS256').split('.')
    text = f'{head}.{payload}'.encode()
    pss = keys.rsa.sign(text, padding.PSS(padding.MGF1(hashes.SHA256()), 32),
                        hashes.SHA256())
    refused(federated, f'{head}.{payload}.{b64(pss)}')
    head, payload, _ = keys.token('PS256').split('.')
    text = f'{head}.{payload}'.encode()
    for salt in (0, 20, 222):
        pss = keys.rsa.sign(
            text, padding.PSS(padding.MGF1(hashes.SHA256()), salt),
            hashes.SHA256())
        refused(federated, f'{head}.{payload}.{b64(pss)}')


def test_issuers_stay_in_their_organisations(server, federated, keys):
    accepted(federated, keys.token('RS256', kid=None, iss='pem'))
    accepted(federated, keys.token('RS256', org=ABSENT))
    refused(federated, keys.token('RS256', org='other'))
    refused(federated, keys.token('RS256', org='Demo'))
    refused(federated, keys.token('RS256', org=None))
    # Not our own issuer's tokens by their keys, nor theirs by ours.
    refused(federated, keys.token('RS256', iss='hefboom'))
    refused(federated, keys.token('RS256', kid=None, iss='hefboom'))
    refused(federated, sign(server.secret, HEADER, claims(iss=IDP)))
    accepted(federated, sign(server.secret, HEADER, claims()))


def test_nested_claims(federated, keys):
    def nested(**others):
        return keys.token('RS256', kid=None, **{
            'iss': 'nested', 'user': {'name': 'els'},
            'https://x.example/org': '42',
            'realm_access': {'roles': ['Staff', 'uma_authorization']},
            **others})

    accepted(federated, nested())
    refused(federated, nested(user={'id': 'els'}))
    refused(federated, nested(user='els'))
    refused(federated, nested(**{'https://x.example/org': 'demo'}))
    refused(federated, nested(**{'https://x.example/org': '44'}))
    refused(federated, nested(realm_access={'roles': 7}))
    # A name of ours that was not mapped is none of theirs.
    status, _, _ = ask(federated, nested(
        realm_access={'roles': ['member', 'admin', 'hr']}))
    assert status == 403


# for tests/api/test_tokens.py; needs 0018_caller_fold.sql
@pytest.mark.parametrize('letter, sign_', [('k', '\u212a'), ('i', '\u0130')])
def test_another_case_and_another_letter(server, db, letter, sign_):
    """A provider that tells them apart has two people. Mutation: compared in
    small letters alone."""
    name = db.one("select user_name from person p join organisation o on"
                  " o.id = p.org_id where o.name = 'demo' and p.active and"
                  ' position(%s in user_name) > 0 limit 1', [letter])
    accepted(server, sign(server.secret, HEADER, claims(sub=name.upper())))
    status, _, body = ask(server, sign(server.secret, HEADER, claims(
        sub=name.replace(letter, sign_, 1))))
    assert status == 403 and b'caller_unknown' in body, body
