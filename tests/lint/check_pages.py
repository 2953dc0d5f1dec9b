#!/usr/bin/env python3
"""Fail on links that lead nowhere and on code that is not as it is shown.

usage: check_pages.py ROOT

Looked at are README.md and docs/*.md. A link without "://" must name a file
that is there, and after "#" a heading of it. A block of code after the line
"<!-- from PATH -->" must stand in that file word for word.
"""
import pathlib
import re
import sys

_FENCE = re.compile(r'^```.*?^```$', re.M | re.S)
_LINK = re.compile(r'\]\(([^)\s]+)\)')
_HEADING = re.compile(r'^#+ +(.*)$', re.M)
_SHOWN = re.compile(r'^<!-- from (\S+) -->\n+```\w*\n(.*?)^```$', re.M | re.S)


def anchors(text):
    """What "#..." may follow: headings as GitHub and others name them."""
    return {re.sub(r'[^\w\- ]', '', heading.lower()).strip().replace(' ', '-')
            for heading in _HEADING.findall(_FENCE.sub('', text))}


def check_links(root, page, text, bad):
    count = 0
    for target in _LINK.findall(_FENCE.sub('', text)):
        if '://' in target:
            continue
        count += 1
        path, _, anchor = target.partition('#')
        file = (page.parent / path) if path else page
        where = f'{page.relative_to(root)}: link to {target}'
        if not file.exists():
            bad.append(f'{where}: there is no such file')
        elif anchor and anchor not in anchors(
                file.read_text(encoding='utf-8')):
            bad.append(f'{where}: there is no such heading')
    return count


def check_shown(root, page, text, bad):
    count = 0
    for path, code in _SHOWN.findall(text):
        count += 1
        file = root / path
        where = f'{page.relative_to(root)}: code from {path}'
        if not file.is_file():
            bad.append(f'{where}: there is no such file')
        elif code not in file.read_text(encoding='utf-8'):
            bad.append(f'{where}: the file has it otherwise')
    return count


def main():
    if len(sys.argv) != 2:
        print('usage: check_pages.py ROOT', file=sys.stderr)
        return 2
    root, bad = pathlib.Path(sys.argv[1]), []
    pages = [path for path in [root / 'README.md',
                               *sorted((root / 'docs').glob('*.md'))]
             if path.is_file()]
    links = shown = 0
    for page in pages:
        text = page.read_text(encoding='utf-8')
        links += check_links(root, page, text, bad)
        shown += check_shown(root, page, text, bad)
    for line in bad:
        print(line)
    print(f'{len(pages)} pages, {links} links, {shown} blocks of code, '
          f'{len(bad)} wrong')
    return 1 if bad or not pages else 0


if __name__ == '__main__':
    sys.exit(main())
