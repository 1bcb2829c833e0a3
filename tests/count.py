#!/usr/bin/python3
"""Adds up what ./dev test ran: count.py FOLDER.

JUnit files, one a suite, and the file `steps`: `passed NAME`, `failed NAME`,
or `ended FILE NAME` for a suite that ended badly, which counts only when no
failure in its file says why.  The last line is `N passed, N failed`; the
exit is 0 when something passed and nothing failed.
"""

import pathlib
import sys
import xml.etree.ElementTree


def read_suite(path):
    """(passed, skipped, names of failures)"""
    passed, skipped, failed = 0, 0, []
    for case in xml.etree.ElementTree.parse(path).iter('testcase'):
        if case.find('failure') is not None or case.find('error') is not None:
            failed.append('%s %s' % (case.get('classname'), case.get('name')))
        elif case.find('skipped') is not None:
            skipped += 1
        else:
            passed += 1
    return passed, skipped, failed


def main():
    folder = pathlib.Path(sys.argv[1])
    passed, skipped, failed, explained = 0, 0, [], set()
    for path in sorted(folder.glob('*.xml')):
        try:
            suite = read_suite(path)
        except xml.etree.ElementTree.ParseError:
            failed.append('%s cannot be read' % path.name)
            explained.add(path.stem)
            continue
        print('%-12s %5d passed, %d failed, %d skipped'
              % (path.stem, suite[0], len(suite[2]), suite[1]))
        passed, skipped = passed + suite[0], skipped + suite[1]
        failed += suite[2]
        if suite[2]:
            explained.add(path.stem)
    for line in (folder / 'steps').read_text().splitlines():
        verdict, name = line.split(' ', 1)
        passed += verdict == 'passed'
        if verdict == 'failed':
            failed.append(name)
        if verdict == 'ended' and name.split(' ')[0] not in explained:
            failed.append(name.split(' ', 1)[1])
    for name in failed:
        print('failed:', name)
    if skipped:
        print('%d skipped' % skipped)
    print('%d passed, %d failed' % (passed, len(failed)))
    return 0 if passed and not failed else 1


if __name__ == '__main__':
    sys.exit(main())
