"""What json_read() accepts, PostgreSQL's jsonb reads as the same value.

The bytes of a body are judged by the one and stored by the other, so any
difference between them is a hole.  Mutations in src/json.c: JSON_ALLOW_NUL,
no JSON_REJECT_DUPLICATES, no limit of the exponent, none of a number's
length, fractions that a double loses let through: each is found.
"""

import decimal
import json
import random
import subprocess

import psycopg2
import pytest

from harness.running import binary

NUMBERS = """
0 -0 0.0 -0.0 1 -1 0.1 0.10 1.0 1.50 1e0 1E+2 1e-2 12e3 0e0 0E-0 1.0e1
9007199254740991 9007199254740992 9007199254740993 -9007199254740992
-9007199254740993 9007199254740992.0 9007199254740992.5 9007199254740993.0
9007199254740991.5 4503599627370497.5 4503599627370495.5 900719925474099.3e1
1e15 1e16 1e17 1e22 1e100 1e308 1e309 -1e309 1e400 1e1000 1e131071 1e131072
1e999999 1e-15 1e-307 1e-308 5e-324 3e-324 1e-324 1e-400 1e-401 1e-1000
1e-16383 1e-16384 1e-99999 0e400 0e401 0e-400 0e-401 0e99999 0e-99999
0e2147483647 0e2147483648 0e-2147483649 1e2147483648 1e-9223372036854775808
1e99999999999999999999 0e99999999999999999999 0.30000000000000004
3.141592653589793238462643383279502884 0.99999999999999999999
0.99999999999999994 0.9999999999999999 1.0000000000000000001
1.00000000000000000000000000000000000000 123456789.123456789123456789
0.000000000000000000000000000000000000000000001 2.2250738585072014e-308
1.7976931348623157e308 2.5e-1 18446744073709551616 9223372036854775807
9223372036854775808 -9223372036854775809 01 00 -01 +1 1. .1 1e 1e+ 1.e1 1.1.1
- -- 1- 0x10 1_0 Infinity -Infinity NaN nan inf 1f 1d 1L 1e1.5 1e++1
""".split()

# Strings as they stand between the quotes of a document.
STRINGS = [
    r'', r' ', r'a', r'undefined', r'null', r'true', r'NaN', r'1e999',
    r'\u0041', r'\u00e9', r'\u00E9', r'\u2028\u2029', r'\uFFFE', r'\uffff',
    r'\ufeff', r'\ufdd0', r'\u007f', r'\u0080', r'\u0001', r'\u001f',
    r'\u0000', r'a\u0000', r'\u0000a', r'\\u0000', r'\\\u0000', r'\u00000',
    r'\ud83d\ude00', r'\uD83D\uDE00', r'\ud800', r'\udc00', r'\udbff\udfff',
    r'\ud800\udc00', r'\ud800\ud800', r'\udc00\ud800', r'\ud800a',
    r'\ud800\n', r'\ud800\u0041', r'a\ud800', r'\ud83d\\ude00', r'\u',
    r'\u1', r'\u12', r'\u123', r'\u123g', r'\U0041', r'\x41', r'\0', r'\a',
    r'\v', r'\'', r'\"', r'\\', r'\/', r'/', r'\b\f\n\r\t', '\\', '\t', '\n',
    '\r', '\x01', '\x1f', '\x7f', '\x80', '\x85', '\xa0', '\xad', '\u0300',
    '\u200b', '\u200d', '\u202e', '\u2028', '\ufeff', '\ufffe', '\uffff',
    '\ufdd0', '\U0001f600', '\U0010ffff', '\U0001fffe', '\U000e0001',
    'é', 'é', 'ﬁ', 'ı', 'ß', 'ẞ', '田中さんにあげて下さい', '찦차를 타고',
    'الكل في المجمو', 'Ω≈ç√∫˜µ≤≥÷', '👩‍👩‍👧‍👦', '🇳🇱🇧🇪', 'Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮',
    '˙ɐnbᴉlɐ ɐuƃɐɯ', "'; drop table person; --", "1' or '1'='1",
    '<script>alert(0)</script>', '${jndi:ldap://a}', '{{7*7}}', '%s%n%p',
    '%00', '../../etc/passwd', '$(touch /tmp/x)', '`id`', '{"a": 1}', '[1]',
    r'{\"a\": 1}', ',', ':', ']', '}', 'a' * 2000, 'é' * 2000, '\\n' * 500,
]

# Bytes that are no UTF-8, or just are.
OCTETS = [
    b'\x80', b'\xbf', b'\xc0\x80', b'\xc0\xaf', b'\xc1\xbf', b'\xc2\x80',
    b'\xc2', b'\xdf\xbf', b'\xe0\x80\x80', b'\xe0\x9f\xbf', b'\xe0\xa0\x80',
    b'\xe2\x82', b'\xed\x9f\xbf', b'\xed\xa0\x80', b'\xed\xbf\xbf',
    b'\xed\xa0\xbd\xed\xb8\x80', b'\xee\x80\x80', b'\xef\xbf\xbf',
    b'\xf0\x80\x80\x80', b'\xf0\x8f\xbf\xbf', b'\xf0\x90\x80\x80',
    b'\xf4\x8f\xbf\xbf', b'\xf4\x90\x80\x80', b'\xf5\x80\x80\x80',
    b'\xf8\x88\x80\x80\x80', b'\xfe', b'\xff', b'\xfe\xff', b'\xff\xfe',
    b'\xc3\x28', b'\xe9', b'\x00',
]

DOCUMENTS = """
{} [] [[]] [{}] {"a":{}} {"":""} [null,true,false] [[[[[[]]]]]]
{"a":1,"a":1} {"a":1,"a":2} {"a":1,"\\u0061":2} {"\\u0061":1,"\\u0061":1}
{"a":{"b":1,"b":2}} [{"a":1,"a":1}] {"/":1,"\\/":1} {"A":1,"a":1}
{"\\n":1,"\\u000a":2} {"\\ud83d\\ude00":1,"😀":2} {"é":1,"é":2} {"":1,"":2}
{"a":[1,2,{"b":[]}]} {"constructor":1,"__proto__":{}} {"a":1,} [1,] [,]
[,1] [1,,2] {,} {"a"} {"a":} {:1} {"a":1:2} {"a" 1} {a:1} {'a':1} ["a]
[1 {"a":1 [[] [}] {] ]] }} [1]] {}} {}{} [][] {}[] {},{} 1 "a" null true
[True] [NULL] [nul] [truex] [tru\\u0065] [undefined] {"a":undefined}
[1]// /**/[] [/**/] [1]# ["\\"] ["a"b] ["a":1] {1:1} {null:1} {[]:1}
""".split()

SPACED = [
    b'', b' ', b'\n', b' {}', b'{} ', b'\t[\r\n]\n', b'[1, 2 ,3 ]',
    b'{ "a" : 1 , "b" : [ ] }', b'[1 2]', b'[1\x0b]', b'[1\x0c]',
    b'[1\xa0]', b'[1\xc2\xa0]', b'[\xe2\x80\xa8]', b'\xef\xbb\xbf{}',
    b'{}\xef\xbb\xbf', b'{}\x00', b'\x00{}', b'[\x00]', b'{"a\x00":1}',
    b'\xff\xfe{\x00}\x00', b'\xfe\xff\x00{\x00}', b'{} x', b'[] 1', b'[1]\x1a',
    b'[' * 32 + b']' * 32, b'[' * 33 + b']' * 33, b'[' * 5000 + b']' * 5000,
    b'{"a":' * 31 + b'[]' + b'}' * 31, b'{"a":' * 32 + b'[]' + b'}' * 32,
    b'[' + b'0,' * 9998 + b'0]', b'[' + b'0,' * 9999 + b'0]',
    b'[0.' + b'5' * 990 + b']', b'[0.' + b'0' * 990 + b'5]',
    b'[0.' + b'0' * 17000 + b']', b'[1' + b'0' * 200000 + b']',
    b'[0.5' + b'0' * 20000 + b']', b'[' + b'9' * 400 + b'e-390]',
    b'[0.' + b'0' * 380 + b'1e390]', b'{"' + b'k' * 70000 + b'":1}',
]


def documents():
    """At least some hundred, and always the same ones."""
    yield from SPACED
    for text in DOCUMENTS:
        yield text.encode()
    for text in NUMBERS:
        yield b'[%b]' % text.encode()
        yield b'{"n": %b}' % text.encode()
    for text in STRINGS:
        text = text.encode('utf-8', 'surrogatepass')
        yield b'["%b"]' % text
        yield b'{"%b": "%b"}' % (text, text)
    for octets in OCTETS:
        yield b'["a%bb"]' % octets
        yield b'{"%b": 1}' % octets
    yield from mutants()


def mutants():
    chance = random.Random(7396)
    seed = '{"a":[1,-2.5e3,"\\u00e9é\\n",{"b":null,"c":[true,{}]}],"d":""}'
    alphabet = b'{}[]",:\\u0019.eE+-ntf \xc3\xa9\xff\x00d8'
    for _ in range(400):
        text = bytearray(seed.encode())
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(text))
            text[at:at + chance.randint(0, 2)] = bytes(
                chance.choices(alphabet, k=chance.randint(0, 2)))
        yield bytes(text)


def verdicts(texts):
    """What json_read() made of each: a line of JSON, or "!" and its fault."""
    program = binary().with_name('json_reader')
    frames = b''.join(b'%d\n%b' % (len(text), text) for text in texts)
    reply = subprocess.run([program], input=frames, stdout=subprocess.PIPE,
                           check=True, timeout=120)
    lines = reply.stdout.decode().split('\n')[:-1]
    assert len(lines) == len(texts)
    return lines


def numbers(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from numbers(part)
    elif isinstance(value, decimal.Decimal):
        yield value


@pytest.fixture(scope='module')
def jsonb(database_url):
    """A document's bytes as jsonb prints them, or None."""
    connection = psycopg2.connect(database_url)
    connection.autocommit = True
    cursor = connection.cursor()

    def read(text):
        if b'\0' in text:
            return None
        try:
            # Bytes, not a str, so that no driver mends what is broken.
            cursor.execute("select convert_from(%s, 'UTF8')::jsonb::text",
                           (psycopg2.Binary(text),))
        except psycopg2.DataError:
            return None
        except psycopg2.errors.ProgramLimitExceeded:
            return None
        return cursor.fetchone()[0]

    yield read
    connection.close()


def test_jsonb_reads_what_we_accept(jsonb):
    texts = list(documents())
    accepted = 0
    faults = []
    for text, ours in zip(texts, verdicts(texts)):
        if ours.startswith('!'):
            continue
        accepted += 1
        theirs = jsonb(text)
        if theirs is None:
            faults.append(f'jsonb refuses {text[:80]}')
        elif json.loads(ours) != json.loads(theirs):
            faults.append(f'{text[:80]}: {ours[:80]} but {theirs[:80]}')
    assert not faults, '\n'.join(faults)
    assert accepted >= 150 and len(texts) - accepted >= 150


def test_an_integer_is_one_in_both(jsonb):
    texts = [b'[%b]' % text.encode() for text in NUMBERS]
    for text, ours in zip(texts, verdicts(texts)):
        if ours.startswith('!'):
            continue
        exact = json.loads(jsonb(text), parse_float=decimal.Decimal,
                           parse_int=decimal.Decimal)
        for number in numbers(exact):
            assert abs(number) <= 2 ** 53, text
            assert (number == number.to_integral_value()) == (
                float(number).is_integer()), text


def test_the_faults_have_names():
    texts = [b'{}', b'{', b'[' * 33, b'[' + b'0,' * 10000, b'{"a":1,"a":2}',
             b'[1e99]']
    assert verdicts(texts) == ['{}', '!1', '!2', '!3', '!4', '!5']
