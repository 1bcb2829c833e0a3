"""The pages of /docs as a browser shows them, and what they are made of.

Needs chromium (Debian: apt-get install chromium); the second half needs the
renderer too (./dev docs). Both are skipped, saying so, where they are
absent: nothing is installed from here.

Mutations: the plain page's script left out, or not in its policy; no policy,
or one that lets the page be framed; every tag open (then only the lines in
sight exist); examples filled in, or of ids that the demonstration has not; the
colours of the night left out; / without its redirect: each fails here.
"""

import json
import os
import re
import subprocess
import urllib.request

import pytest

import chromium
from harness.document import Document
from harness.running import Server

needs_chromium = pytest.mark.skipif(
    chromium.BINARY is None, reason='chromium is not installed')


@pytest.fixture(scope='module')
def browser():
    browser = chromium.Browser()
    yield browser
    browser.close()


@pytest.fixture(scope='module')
def renderer(root):
    folder = os.environ.get('HEFBOOM_DOCS') or str(root / 'build' / 'docs')
    if not os.path.exists(os.path.join(folder, 'index.html')):
        pytest.skip('no renderer in %s: ./dev docs installs it' % folder)
    return folder


def serving(docs):
    """A server whose folder of /docs is this one."""
    with Server(HEFBOOM_DOCS=docs).running() as server:
        server.command('demo', 'load')
        yield server


@pytest.fixture(scope='module')
def plain(tmp_path_factory):
    yield from serving(tmp_path_factory.mktemp('no-renderer'))


@pytest.fixture(scope='module')
def rendering(renderer):
    yield from serving(renderer)


def operations_of(server):
    with urllib.request.urlopen(server.url + '/openapi.json') as reply:
        return Document(json.load(reply)).operations


def test_lock_file(root):
    """Pinned by version and hash, and fetched from wherever npm is told."""
    text = (root / 'package-lock.json').read_text()
    assert not re.search(r'"resolved"|https?:', text)
    wanted = json.loads((root / 'package.json').read_text())['dependencies']
    for name, version in wanted.items():
        assert re.fullmatch(r'\d+\.\d+\.\d+', version), name
    for name, package in json.loads(text)['packages'].items():
        assert not name or package['integrity'].startswith('sha512-'), name


@needs_chromium
def test_plain_page(browser, plain):
    """Every operation with its curl line, with scripts forbidden."""
    page = browser.page(scripts=False)
    page.open(plain.url + '/docs')
    shown = page.ask('''Object.fromEntries(
        [...document.querySelectorAll("article")].map(
            (one) => [one.id, one.querySelector("pre").innerText]))''')
    operations = operations_of(plain)
    assert set(shown) == set(operations)
    for name, line in shown.items():
        operation = operations[name]
        assert line.startswith('curl '), name
        assert '"$HEFBOOM%s"' % operation.route in line, name
        assert ('$TOKEN' in line) == bool(operation.roles), name
    assert page.ask('document.documentElement.lang') == 'en'
    assert page.ask('document.querySelectorAll("h1").length') == 1
    assert page.ask('document.querySelectorAll("main").length') == 1
    assert page.complaints() == []
    assert set(page.addresses()) == {plain.url + '/docs'}


@needs_chromium
def test_plain_page_knows_its_address(browser, plain):
    """Wherever it is served, its lines lead there."""
    page = browser.page()
    page.open(plain.url + '/docs')
    line = page.ask('document.querySelector("header pre").innerText')
    assert line.splitlines()[0] == 'export HEFBOOM=' + plain.url
    assert page.complaints() == []


@needs_chromium
def test_from_the_root(browser, plain):
    """Who types the server's address alone comes here."""
    page = browser.page()
    page.open(plain.url)
    assert page.ask('location.pathname') == '/docs'


@needs_chromium
def test_plain_page_leads_somewhere(browser, plain):
    page = browser.page(scripts=False)
    page.open(plain.url + '/docs')
    lost = page.ask('''[...document.querySelectorAll("a[href^='#']")]
        .map((one) => one.getAttribute("href").slice(1))
        .filter((id) => !document.getElementById(id))''')
    assert lost == []


@needs_chromium
def test_curl_line_works(browser, plain):
    """What the page says is what a shell does."""
    page = browser.page(scripts=False)
    page.open(plain.url + '/docs')
    line = page.ask('document.querySelector("#list_skills pre").innerText')
    done = subprocess.run(
        ['sh', '-c', line + ' -o /dev/null -w "%{http_code}"'],
        env={**os.environ, 'HEFBOOM': plain.url, 'TOKEN': plain.token()},
        capture_output=True, text=True, check=True)
    assert done.stdout == '200'


def try_it(page, tag, name):
    """What comes of pressing the buttons of one operation."""
    operation = f'#operations-{tag}-{name} '
    page.click('#operations-tag-' + tag)
    page.click(operation + '.opblock-summary-control')
    page.click(operation + '.try-out__btn')
    page.click(operation + '.execute')
    answer = operation + '.live-responses-table tbody '
    status = page.until('document.querySelector("%s.response-col_status")'
                        '?.innerText.trim()' % answer)
    body = page.until('document.querySelector("%s.highlight-code")'
                      '?.innerText' % answer)
    return status.split()[0], body


@needs_chromium
def test_try_it(browser, rendering):
    """With a token and the mouse, filling nothing in: a list has something in
    it, and the example of a goal is one that can be set."""
    page = browser.page()
    page.open(rendering.url + '/docs')
    page.click('.btn.authorize')
    page.write('.auth-container input', rendering.token())
    page.click('.auth-btn-wrapper .authorize')
    page.click('.auth-btn-wrapper .btn-done')
    status, body = try_it(page, 'skills', 'list_skills')
    assert status == '200' and '"label"' in body
    status, body = try_it(page, 'goals', 'create_goal')
    assert status == '201' and '"active"' in body
    assert page.complaints() == []


@needs_chromium
def test_renderer_is_offline(browser, rendering):
    """Nobody else learns that somebody reads this."""
    page = browser.page()
    page.open(rendering.url + '/docs')
    page.until('document.querySelectorAll(".opblock-tag").length > 0')
    asked = page.addresses()
    assert any(url.endswith('/openapi.json') for url in asked)
    strangers = [url for url in asked
                 if not url.startswith((rendering.url + '/', 'data:'))]
    assert strangers == []


@needs_chromium
def test_renderer_shows_everything(browser, rendering):
    page = browser.page()
    page.open(rendering.url + '/docs')
    page.until('document.querySelectorAll(".opblock-tag").length > 0')
    shown = []
    for tag in page.ask('[...document.querySelectorAll(".opblock-tag")]'
                        '.map((one) => one.id)'):
        page.click('#' + tag)
        page.until('document.querySelectorAll(".opblock").length > 0')
        shown += page.ask('[...document.querySelectorAll(".opblock")]'
                          '.map((one) => one.id.split("-").slice(2).join("-"))')
        page.click('#' + tag)
        page.until('document.querySelectorAll(".opblock").length === 0')
    assert sorted(shown) == sorted(operations_of(rendering))
    assert page.ask('document.querySelectorAll(".errors-wrapper").length') == 0


SHOWN = 'document.querySelectorAll("pre, .opblock-tag").length > 0'


@needs_chromium
@pytest.mark.parametrize('scheme', ['light', 'dark'])
@pytest.mark.parametrize('kind', ['plain', 'rendering'])
def test_by_day_and_by_night(browser, kind, scheme, request):
    page = browser.page()
    page.call('Emulation.setEmulatedMedia', features=[
        {'name': 'prefers-color-scheme', 'value': scheme}])
    page.open(request.getfixturevalue(kind).url + '/docs')
    page.until(SHOWN)
    red = page.ask('''getComputedStyle(document.querySelector("h1, .title"))
        .color.match(/[0-9]+/)[0]''')
    assert (int(red) > 128) == (scheme == 'dark'), red


@needs_chromium
@pytest.mark.parametrize('kind', ['plain', 'rendering'])
def test_on_a_phone(browser, kind, request):
    """Nothing stands out at its side."""
    page = browser.page()
    page.call('Emulation.setDeviceMetricsOverride', width=360, height=740,
              deviceScaleFactor=2, mobile=True)
    page.open(request.getfixturevalue(kind).url + '/docs')
    page.until(SHOWN)
    assert page.ask('document.documentElement.scrollWidth') <= 360


@pytest.mark.parametrize('kind', ['plain', 'rendering'])
def test_policy(kind, request):
    """A page that is given a token is framed by nobody, and runs no script
    but its own."""
    url = request.getfixturevalue(kind).url + '/docs'
    with urllib.request.urlopen(url) as reply:
        policy = dict(one.split(' ', 1) for one in
                      reply.headers['Content-Security-Policy'].split('; '))
    assert policy['frame-ancestors'] == policy['base-uri'] == "'none'"
    scripts = policy.get('script-src', policy['default-src'])
    assert not re.search(r'unsafe|\*|http|data:|blob:', scripts)


@pytest.mark.parametrize('path', [
    '/v1/me/skills', '/v1/skills', '/v1/goals', '/v1/sessions', '/v1/feedback',
    '/v1/feedback-requests'])
def test_examples_are_of_the_demonstration(plain, path):
    """As they stand, in the years to come too: a newcomer's first try."""
    with urllib.request.urlopen(plain.url + '/openapi.json') as reply:
        entry = json.load(reply)['paths'][path]['post']
    media = entry['requestBody']['content']['application/json']
    example = media.get('example') or next(
        iter(media['examples'].values()))['value']
    asked = urllib.request.Request(
        plain.url + path, json.dumps(example).encode(),
        {'Content-Type': 'application/json',
         'Authorization': 'Bearer ' + plain.token()})
    with urllib.request.urlopen(asked) as reply:
        assert reply.status == 201
    dates = re.findall(r'"(20\d\d)-\d\d-\d\d', json.dumps(example))
    assert all(int(year) >= 2036 for year in dates)
