"""merge_patch() is RFC 7396, by the table of its appendix A and beyond.

Mutations: without recursion, with nulls kept, with nulls of the target
dropped, an array merged by index: each is found.
"""

import json
import random

import psycopg2
import pytest

# RFC 7396, appendix A: original, patch, result.
TABLE = [
    ('{"a":"b"}', '{"a":"c"}', '{"a":"c"}'),
    ('{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'),
    ('{"a":"b"}', '{"a":null}', '{}'),
    ('{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'),
    ('{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'),
    ('{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'),
    ('{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'),
    ('{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'),
    ('["a","b"]', '["c","d"]', '["c","d"]'),
    ('{"a":"b"}', '["c"]', '["c"]'),
    ('{"a":"foo"}', 'null', 'null'),
    ('{"a":"foo"}', '"bar"', '"bar"'),
    ('{"e":null}', '{"a":1}', '{"e":null,"a":1}'),
    ('[1,2]', '{"a":"b","c":null}', '{"a":"b"}'),
    ('{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'),
]

# The example of section 3, and what the table leaves open.
BEYOND = [
    ('{"title":"Goodbye!","author":{"givenName":"John","familyName":"Doe"},'
     '"tags":["example","sample"],"content":"This will be unchanged"}',
     '{"title":"Hello!","phoneNumber":"+01-123-456-7890",'
     '"author":{"familyName":null},"tags":["example"]}',
     '{"title":"Hello!","author":{"givenName":"John"},"tags":["example"],'
     '"content":"This will be unchanged","phoneNumber":"+01-123-456-7890"}'),
    ('{"a":{"b":{"c":{"d":1,"e":2}}}}', '{"a":{"b":{"c":{"d":null,"f":3}}}}',
     '{"a":{"b":{"c":{"e":2,"f":3}}}}'),
    ('{"a":{"b":1},"c":{"d":null}}', '{"a":{"b":null}}',
     '{"a":{},"c":{"d":null}}'),
    ('{"a":1}', '{"a":{"b":{"c":null,"d":1}}}', '{"a":{"b":{"d":1}}}'),
    ('{"a":{"b":1}}', '{"a":{}}', '{"a":{"b":1}}'),
    ('{"a":1}', '{}', '{"a":1}'),
    ('1', '{}', '{}'),
    ('null', '{"a":1}', '{"a":1}'),
    ('{"a":{"b":null}}', '{"a":{"c":1}}', '{"a":{"b":null,"c":1}}'),
    ('{"a":null}', '{"a":{"b":null}}', '{"a":{}}'),
    ('{"a":[{"b":null}]}', '{"a":[null,{"c":null}]}',
     '{"a":[null,{"c":null}]}'),
    ('{"":{"":1}}', '{"":{"":null,"x":0}}', '{"":{"x":0}}'),
    ('{"a":false,"b":0,"c":""}', '{"a":null,"c":false}',
     '{"b":0,"c":false}'),
    ('{"a":1.50}', '{"b":"null"}', '{"a":1.50,"b":"null"}'),
]


def merged(target, patch):
    """The RFC's own pseudocode (section 2)."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = merged(target.get(name), value)
    return target


@pytest.fixture(scope='module')
def merge(database_url):
    connection = psycopg2.connect(database_url)
    connection.autocommit = True
    cursor = connection.cursor()

    def run(target, patch):
        cursor.execute('select merge_patch(%s::jsonb, %s::jsonb)::text',
                       (target, patch))
        reply = cursor.fetchone()[0]
        return None if reply is None else json.loads(reply)

    yield run
    connection.close()


@pytest.mark.parametrize('target, patch, result', TABLE + BEYOND)
def test_table(merge, target, patch, result):
    assert merge(target, patch) == json.loads(result)
    assert merged(json.loads(target), json.loads(patch)) == json.loads(result)


def test_the_table_is_whole():
    assert len(TABLE) == 15


def test_a_patch_that_is_absent_changes_nothing(merge):
    assert merge('{"a":1}', None) == {'a': 1}


def test_a_target_that_is_absent_is_made(merge):
    assert merge(None, '{"a":{"b":null}}') == {'a': {}}


def test_deep(merge):
    deep = '{"a":' * 30 + '%s' + '}' * 30
    assert merge(deep % '{"x":1,"y":2}', deep % '{"x":null}') == json.loads(
        deep % '{"y":2}')


def invented(chance, depth):
    kind = chance.choice('nbis' if depth == 0 else 'nbisaooo')
    if kind == 'n':
        return None
    if kind == 'b':
        return chance.random() < 0.5
    if kind == 'i':
        return chance.randint(0, 3)
    if kind == 's':
        return chance.choice(['', 'x', 'null'])
    if kind == 'a':
        return [invented(chance, depth - 1) for _ in range(2)]
    return {name: invented(chance, depth - 1)
            for name in chance.sample('abcd', chance.randint(0, 3))}


def test_as_the_pseudocode(merge):
    chance = random.Random(7396)
    for _ in range(500):
        target, patch = invented(chance, 4), invented(chance, 4)
        assert merge(json.dumps(target), json.dumps(patch)) == merged(
            target, patch), (target, patch)
