"""What is told has words: every kind that SQL inserts has a text in each
language, all different, every text has a kind, and every kind of object has
a title.

Mutations: the kind of one text misspelt; a kind that the document forgets.
"""

import re

import pytest

LANGUAGES = {'en', 'nl', 'fr', 'de'}
INSERT = re.compile(r'insert\s+into\s+notification\s*\(', re.I)
CLOSES = {'(': ')', '[': ']'}


def pieces(text):
    """What the commas of the outermost level part, up to where it closes or
    `from` begins; brackets, strings and `case` are passed over."""
    found, piece, depth, i = [], '', 0, 0
    while i < len(text):
        string = re.match(r"'(?:[^']|'')*'", text[i:])
        if string:
            piece += string[0]
            i += len(string[0])
            continue
        char = text[i]
        if char in '([':
            depth += 1
        elif char in ')]':
            depth -= 1
            if depth < 0:
                break
        elif depth == 0 and (char == ';' or re.match(
                r'\sfrom\s', text[i:i + 6], re.I)):
            break
        if char == ',' and depth == 0:
            found.append(piece)
            piece = ''
        else:
            piece += char
        i += 1
    return [one.strip() for one in [*found, piece]], i


def results(expression):
    """The literals that an expression may give; a case's conditions are no
    results."""
    expression = re.sub(r'\bwhen\b.*?\bthen\b', ' ', expression, flags=re.S)
    return set(re.findall(r"'((?:[^']|'')*)'", expression))


def inserted(text):
    """(kinds, object kinds) of each insert into notification."""
    text = re.sub(r'--[^\n]*', '', text)
    for match in INSERT.finditer(text):
        columns, end = pieces(text[match.end():])
        rest = text[match.end() + end + 1:].lstrip()
        verb = re.match(r'(select(\s+distinct)?(\s+on\s*\([^)]*\))?'
                        r'|values\s*\()', rest, re.I)
        assert verb, f'neither select nor values: {rest[:60]}'
        values, _ = pieces(rest[verb.end():])
        assert len(values) == len(columns), (columns, values)
        row = dict(zip(columns, values))
        yield results(row['kind']), results(row['object_kind'])


@pytest.fixture(scope='module')
def told(root):
    """kind -> object kinds, of the SQL that the program runs."""
    found = {}
    for folder in ('queries', 'jobs', 'statements', 'migrations'):
        for path in sorted((root / 'sql' / folder).rglob('*.sql')):
            for kinds, objects in inserted(path.read_text()):
                assert kinds and objects, (
                    f'{path}: kind and object_kind are literals, so that '
                    'their texts can be looked for')
                for kind in kinds:
                    found.setdefault(kind, set()).update(objects)
    assert found
    return found


@pytest.fixture(scope='module')
def texts(db):
    found = {}
    for kind, language, text in db.execute(
            'select kind, language, text from notification_text'):
        assert (kind, language) not in found, f'{kind} {language} twice'
        found[kind, language] = text
    return found


def test_every_kind_has_four_texts(told, texts):
    missing = {(kind, language) for kind in told for language in LANGUAGES
               } - set(texts)
    assert not missing


def test_every_text_has_a_kind(told, texts):
    assert {kind for kind, _ in texts} <= set(told)
    assert {language for _, language in texts} == LANGUAGES


def test_the_document_lists_every_kind(document, texts):
    kind = document.json['components']['schemas']['Notification'][
        'properties']['kind']['description']
    listed = re.findall(r'`(\w+)`', kind.split(' By now:')[1])
    assert sorted(listed) == sorted({one for one, _ in texts})


def test_all_texts_differ(texts):
    seen = {}
    for key, text in texts.items():
        assert text not in seen, f'{key} says what {seen[text]} says'
        seen[text] = key


def test_texts_are_sentences_with_known_places(texts):
    for (kind, language), text in texts.items():
        assert set(re.findall(r'\{[^}]*\}', text)) <= {
            '{actor}', '{title}'}, kind
        assert text[-1] in '.?!', (kind, language)
        assert len(text) <= 200, (kind, language)
    for kind in {kind for kind, _ in texts}:
        places = {tuple(sorted(re.findall(r'\{\w+\}', texts[kind, language])))
                  for language in LANGUAGES}
        assert len(places) == 1, f'{kind}: languages name other things'


def test_every_object_has_a_title(told, root):
    view = (root / 'sql/views/notification_title.sql').read_text()
    titled = set(re.findall(r"^\tselect \w+\.org_id, '(\w+)'", view, re.M))
    objects = set().union(*told.values())
    assert objects <= titled, objects - titled


def test_what_the_demonstration_tells_has_words(db, texts):
    kinds = set(db.column('select distinct kind from notification'))
    assert kinds and kinds <= {kind for kind, _ in texts}


def test_the_reading_itself():
    sql = """with told as (
	insert into notification (org_id, person_id, kind, object_kind, object_id)
	select :auth.org, f(x, ','), case when a = 'b' then 'c' else 'd' end,
	       'goal', x.id
	  from x)
    insert into notification (kind, object_kind) values ('e', 'seat');"""
    assert list(inserted(sql)) == [({'c', 'd'}, {'goal'}), ({'e'}, {'seat'})]
