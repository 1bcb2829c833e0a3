"""naughty -- texts that break things elsewhere, a list of our own.

TEXTS holds (kind, text).  is_name() says what the format `name` takes, from
its description in schema.h and not from its code.
"""

import unicodedata

TEXTS = [(kind, text) for kind, texts in {
    'words': ['NULL', 'null', 'undefined', 'None', 'nil', 'true', 'False',
              'NaN', 'Infinity', '-Infinity', 'CON', 'LPT1', 'Scunthorpe',
              'then', 'constructor', '__proto__', 'hasOwnProperty',
              'toString', 'org_id', 'id', '_refuse', '_etag', 'version'],
    'numbers': ['0', '-1', '1e400', '0x7f', '1/0', '9007199254740993',
                '007', '1.', '.5', '1,000', '1_000', '\u0661\u0662',
                '\u00bd', '\u2167', '2026-02-30', '12:60'],
    'signs': ['"', "'", "''", '`', '\\', '\\\\', '\\"', '/', '?', '#', '&',
              '&amp;', '%', '%25', '%00', '+', '=', ';', ',', ':', '{', '}',
              '{}', '[]', '()', '<>', '$', '~', '~0~1', '|', '^', '*', '--',
              '/* x', '*/', '%s%d%n', '{0}', '{limit}', '\\u0041', '\\0',
              '\\x00'],
    'sql': ["Robert'); drop table skill;--", "' or '1'='1", '$1', '$$x$$',
            ':auth.org', '/*? query.q */', "E'\\n'", 'a%_b', '{a,b}',
            '{NULL}', '("a",b)', "'||pg_sleep(9)||'", 'x; select 1'],
    'html': ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>',
             "javascript:alert(1)", '<!--', ']]>', '&#x41;', '</title>',
             '<svg/onload=alert(1)>', '\u2039script\u203a'],
    'shell': ['$(id)', '`id`', '; id', '| id', '&& id', '${HOME}',
              '> /tmp/x', '-rf /', '--help', '../../etc/passwd',
              '..\\..\\x', 'C:\\x', '/dev/null', 'file:///etc/passwd'],
    'templates': ['{{7*7}}', '${7*7}', '#{7*7}', '<%= 7*7 %>', '{% x %}',
                  '${jndi:ldap://x/a}', '%{7*7}', '@{x}', '{{{x}}}'],
    'xml': ['<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///'
            'etc/passwd">]><x>&e;</x>', '<![CDATA[x]]>', '&lol9;'],
    'formulas': ['=1+1', '=cmd|x!A0', '@SUM(1)', '+1', '-1+1', '"a","b"',
                 'a;b'],
    'json': ['{"a":1}', '","admin":true,"x":"', '[1]', '"quoted"', '\\u0000',
             '\\ud800'],
    'letters': ['\u00e9', 'e\u0301', '\u00df', '\u0130i\u0131', '\ufb01',
                '\u01c4', '\u03c2\u03c3\u03a3', '\u212b', '\u00c5',
                'A\u030a', '\u1e9e', '\u0149', '\u2126', '\uff21\uff22',
                '\U0001d54f', '\u4f60\u597d', '\u3042\u3044', '\uac00',
                '\u1100\u1161', '\u0939\u093f', '\u0e01\u0e33',
                '\U00020000', '\ufdfa'],
    'right to left': ['\u0627\u0644\u0633\u0644\u0627\u0645',
                      '\u05e9\u05dc\u05d5\u05dd x', 'a\u200eb', 'a\u200fb',
                      '\u0645\u062d\u0645\u062f 12'],
    'bidi': ['a\u202eb', '\u202aa\u202c', 'a\u2066b\u2069', 'a\u2068b'],
    'invisible': ['a\u200bb', 'a\u200cb', 'a\u200db', 'a\ufeffb', 'a\u00adb',
                  'a\u2060b', 'a\u180eb', '\u200b', '\ufeff', '\u2060',
                  'a\u034fb', '\u3164', 'a\U000e0041b', '\u2800', '\u00ad'],
    'combining': ['Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d',
                  'x' + '\u0301' * 60, '\u0301', '\u0301a'],
    'emoji': ['\U0001f600', '\U0001f469\u200d\U0001f4bb',
              '\U0001f3f3\ufe0f\u200d\U0001f308', '\U0001f1e7\U0001f1ea',
              '1\ufe0f\u20e3', '\U0001f44d\U0001f3fd', '\u2764\ufe0f'],
    'blanks': [' ', '  ', ' a', 'a ', 'a  b', '\u00a0', '\u00a0a\u00a0',
               'a\u2003b', '\u3000a', '\u2009', 'a\u202fb', '\u1680'],
    'lines': ['a\nb', 'a\r\nb', 'a\rb', '\n', 'a\n', '\ta', 'a\tb',
              'a\u2028b', 'a\u2029b', 'a\u0085b', 'a\x0bb', 'a\x0cb'],
    'controls': ['a\x01b', 'a\x08b', 'a\x1bb', '\x1b[31ma', 'a\x7fb',
                 'a\x80b', 'a\x9bb', 'a\x9f', '\x1f', 'a\x1eb'],
    'private': ['\ue000', '\uf8ff', '\U000f0000', '\U0010fffd'],
    'noncharacters': ['a\ufffeb', 'a\uffffb', 'a\ufdd0b', 'a\ufdefb',
                      'a\U0001fffeb', 'a\U0010ffffb'],
    'replacement': ['\ufffd', 'a\ufffcb', 'a\ufff9b\ufffbc'],
    'long': ['x' * 199, 'x' * 200, 'x' * 201, '\u20ac' * 200,
             '\U0001f600' * 100, 'a ' * 99 + 'a', '\u0301' * 200,
             '\ufdfa' * 50, 'x' * 900],
}.items() for text in texts]

_BLANKS = set('\u200b\u2060\u2800\u3164\ufeff')
_UNSEEN = set('\u00ad\u061c\u115f\u1160\u17b4\u17b5\uffa0')


def is_blank(letter):
    return letter in _BLANKS or unicodedata.category(letter) == 'Zs'


def _is_refused(letter):
    point = ord(letter)
    return (unicodedata.category(letter) in ('Cc', 'Zl', 'Zp')
            or 0x202a <= point <= 0x202e or 0x2066 <= point <= 0x2069
            or 0xfdd0 <= point <= 0xfdef or point & 0xfffe == 0xfffe
            or 0xfff9 <= point <= 0xfffb)


def _is_seen(letter):
    return not (is_blank(letter) or letter in _UNSEEN
                or unicodedata.category(letter) in ('Mn', 'Cf'))


def is_name(text):
    """One line of text as a person or thing is called."""
    return (bool(text) and not any(map(_is_refused, text))
            and not is_blank(text[0]) and not is_blank(text[-1])
            and any(map(_is_seen, text)))
