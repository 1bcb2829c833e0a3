"""The pages of /docs as a browser shows them, and what they are made of.

Needs chromium (Debian: apt-get install chromium); the second half needs the
renderer too (./dev docs). Both are skipped, saying so, where they are
absent: nothing is installed from here.
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


@needs_chromium
def test_try_it(browser, rendering):
    """Authorize, try GET /v1/skills, see 200: all with the mouse."""
    page = browser.page()
    page.open(rendering.url + '/docs')
    page.click('.btn.authorize')
    page.write('.auth-container input', rendering.token())
    page.click('.auth-btn-wrapper .authorize')
    page.click('.auth-btn-wrapper .btn-done')
    page.click('#operations-skills-list_skills .opblock-summary-control')
    page.click('#operations-skills-list_skills .try-out__btn')
    page.click('#operations-skills-list_skills .execute')
    table = '#operations-skills-list_skills .live-responses-table '
    status = page.until('document.querySelector("%s .response-col_status")'
                        '?.innerText.trim()' % (table + 'tbody'))
    assert status.split()[0] == '200'
    body = page.until('document.querySelector("%s .highlight-code")'
                      '?.innerText' % (table + 'tbody'))
    assert '"items"' in body
    assert page.complaints() == []


@needs_chromium
def test_renderer_is_offline(browser, rendering):
    """Nobody else learns that somebody reads this."""
    page = browser.page()
    page.open(rendering.url + '/docs')
    page.until('document.querySelectorAll(".opblock").length > 0')
    asked = page.addresses()
    assert any(url.endswith('/openapi.json') for url in asked)
    strangers = [url for url in asked
                 if not url.startswith((rendering.url + '/', 'data:'))]
    assert strangers == []


@needs_chromium
def test_renderer_shows_everything(browser, rendering):
    page = browser.page()
    page.open(rendering.url + '/docs')
    page.until('document.querySelectorAll(".opblock").length > 0')
    shown = page.ask('[...document.querySelectorAll(".opblock")]'
                     '.map((one) => one.id.split("-").slice(2).join("-"))')
    assert set(shown) == set(operations_of(rendering))
    assert page.ask('document.querySelectorAll(".errors-wrapper").length') == 0
