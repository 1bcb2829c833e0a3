"""Every source is on the README's code map."""

import re


def named(text):
    """File names in a text; `token{,_guard}.c` and `x.c/.h` are not a way."""
    return set(re.findall(r'[\w/.-]+\.(?:c|h|py)\b', text))


def test_every_source_is_on_the_map(root):
    on_map = {name.split('/')[-1] for name in
              named((root / 'README.md').read_text())}
    missing = [str(path.relative_to(root))
               for path in sorted((root / 'src').rglob('*'))
               if path.suffix in ('.c', '.h', '.py')
               and path.name not in on_map]
    assert not missing, missing


def test_the_map_names_nothing_that_is_gone(root):
    text = (root / 'README.md').read_text()
    start = re.search(r'^#+ .*[Cc]ode map', text, re.M)
    assert start, 'README.md has no heading "Code map"'
    rest = text[start.end():]
    following = re.search(r'^#+ ', rest, re.M)
    section = rest[:following.start()] if following else rest
    there = {path.name for folder in ('src', 'include', 'tests')
             for path in (root / folder).rglob('*')}
    gone = sorted(name for name in named(section)
                  if name.split('/')[-1] not in there)
    assert not gone, gone
