"""What the clarity check says of sentences in four languages.  It is advice:
200 always, and nothing is kept.

Mutations: verbs with only a conjunction between taken for two outcomes; a
vague verb hinted at although the measure says what will be done.
"""

import pytest

V, O, T, M = 'vague_verb', 'not_observable', 'no_time', 'many_outcomes'
SENTENCES = {
    'en': [
        ('Explain our return policy to two new colleagues by March', []),
        ('Chair the Monday meeting in French before the summer', []),
        ('Write a one-page manual for the filling line this year', []),
        ('Prepare and present the stock figures in June', []),
        ('Weld a straight seam without help by the end of October', []),
        ('Understand the budget', [V, O, T]),
        ('Get better at Excel', [V, O, T]),
        ('Become a better listener by May', [O]),
        ('Give a presentation about safety', [T]),
        ('Write a manual and lead the Friday meeting in April', [M]),
        ('Improve my English and learn Python this year', [V, O, M]),
        ('More confidence with customers', [O, T])],
    'nl': [
        ('Tegen maart onze retourregels uitleggen aan twee nieuwe collega’s',
         []),
        ('De maandagvergadering van juni in het Frans leiden', []),
        ('Dit jaar een handleiding van één bladzijde schrijven', []),
        ('In mei een boze beller te woord staan en het gesprek voordoen', []),
        ('Elke week één klant in het Duits bellen', []),
        ('De begroting begrijpen', [V, O, T]),
        ('Beter worden in Excel', [V, O, T]),
        ('Een presentatie geven over veiligheid', [T]),
        ('In april een handleiding schrijven en de ploegvergadering leiden',
         [M]),
        ('Mijn Engels verbeteren tegen Pasen', [V, O]),
        ('Zekerder bij klanten', [O, T])],
    'fr': [
        ('Expliquer nos conditions de retour à deux collègues en mars', []),
        ('Animer la réunion du lundi en néerlandais avant l’été', []),
        ('Rédiger un mode d’emploi d’une page cette année', []),
        ('Préparer et présenter les chiffres du stock en juin', []),
        ('Conduire le chariot élévateur sans aide d’ici octobre', []),
        ('Comprendre le budget', [V, O, T]),
        ('M’améliorer en Excel', [V, O, T]),
        ('Donner une présentation sur la sécurité', [T]),
        ('En avril, rédiger un mode d’emploi et animer la réunion du service',
         [M]),
        ('Mieux connaître nos produits pour Noël', [V, O]),
        ('De l’assurance devant les clients', [O, T])],
    'de': [
        ('Bis März zwei neuen Kollegen unsere Rückgaberegeln erklären', []),
        ('Die Montagsbesprechung im Juni auf Französisch leiten', []),
        ('Dieses Jahr eine einseitige Anleitung schreiben', []),
        ('Im Mai die Lagerzahlen vorbereiten und präsentieren', []),
        ('Jede Woche ein Gespräch auf Niederländisch führen', []),
        ('Das Budget verstehen', [V, O, T]),
        ('Besser werden in Excel', [V, O, T]),
        ('Einen Vortrag über Sicherheit halten', [T]),
        ('Im April eine Anleitung schreiben und die Besprechung leiten', [M]),
        ('Mein Englisch bis Ostern verbessern', [V, O]),
        ('Mehr Sicherheit bei Kunden', [V, O, T])],
}
ROWS = [(language, *row) for language, rows in SENTENCES.items()
        for row in rows]


def check(api, title, headers=None, **members):
    return api.post('/v1/goals/clarity-checks', headers=headers, json={
        'title': title, **members}).expect(200).json()['hints']


def rules(hints):
    return [hint['rule'] for hint in hints]


@pytest.mark.parametrize('language, title, wanted', ROWS)
def test_sentences(api, language, title, wanted):
    assert rules(check(api, title, language=language)) == wanted


@pytest.mark.parametrize('language', SENTENCES)
def test_there_are_enough(language):
    rows = SENTENCES[language]
    assert len(rows) >= 10
    assert sum(not wanted for _, wanted in rows) >= 5
    assert {rule for _, wanted in rows for rule in wanted} == {V, O, T, M}


def test_what_else_is_said_counts(api):
    vague = 'Get better at Excel'
    assert rules(check(api, vague, due_on='2099-01-01')) == [V, O]
    measure = {'type': 'can_do', 'text': 'I build a pivot table on my own'}
    assert rules(check(api, vague, measure=measure)) == [T]
    assert rules(check(api, vague, measure={'type': 'evidence',
                                            'text': 'Three sheets'})) == [V, T]
    assert rules(check(api, vague, measure={'type': 'can_do'})) == [V, O, T]
    # A measure with a conjunction is no second goal.
    assert rules(check(api, 'Lead a meeting in May', measure={
        'type': 'can_do', 'text': 'I write minutes and plan the next'})) == []


def test_texts_are_in_the_language_asked_for(api):
    texts = {language: {hint['text'] for hint in check(
        api, 'Improve my English and learn Python', language='en',
        headers={'Accept-Language': language})} for language in SENTENCES}
    assert all(len(one) == 4 for one in texts.values())
    assert len(set.union(*texts.values())) == 16


def test_the_language_of_the_request_is_that_of_the_words(api):
    hints = check(api, 'De begroting begrijpen',
                  headers={'Accept-Language': 'nl'})
    assert rules(hints) == [V, O, T]


@pytest.mark.parametrize('title', ['x', '%', "'; --", '(', '[a-', '\\', '.*',
                                   '\u0645\u0631\u062d\u0628\u0627',
                                   'learn ' * 33, '\U0001f600'])
def test_anything_may_be_asked(api, title):
    for language in SENTENCES:
        check(api, title.strip(), language=language)


def test_it_never_blocks_and_keeps_nothing(api, db):
    before = db.one('select count(*) from goal'), db.one(
        'select count(*) from outbox')
    check(api, 'Improve')
    assert before == (db.one('select count(*) from goal'),
                      db.one('select count(*) from outbox'))
    api.post('/v1/goals', json={'title': 'Improve'}).expect(201)
