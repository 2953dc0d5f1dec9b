#!/usr/bin/env python3
"""Fail when a file includes what its layer may not.

usage: check_includes.py ROOT

main -> app -> {codec, net, store, ops} -> engine -> quant. The four adapters
never see each other, each foreign library has one owner, nothing is included
in a circle, and every header of ours that is named exists. The client stands
beside the daemon: it has its own copies of the foreign libraries and, for
offline work, may use engine, ops, store and codec (what the engine says anew
is compared with the bytes that went out); of net, it closes sockets the same
way.
"""
import pathlib
import re
import sys

import tree

PURE = {'stdint.h', 'stdbool.h', 'stddef.h', 'limits.h', 'string.h'}

# layer -> layers it may include; None: system headers are free, else the list
LAYERS = {
    'quant': ({'quant'}, PURE),
    'engine': ({'engine', 'quant'}, PURE),
    'codec': ({'codec', 'engine'}, None),
    'store': ({'store', 'engine'}, None),
    'net': ({'net', 'engine'}, None),
    'ops': ({'ops', 'engine'}, None),
    'app': ({'app', 'codec', 'net', 'store', 'ops', 'engine'}, None),
    'main': ({'app', 'ops', 'engine'}, None),
    'client': ({'client', 'codec', 'engine', 'net', 'ops', 'store'}, None),
}

# what a foreign library's headers look like -> who may include them
OWNERS = [
    (r'nng/', {'net', 'client'}),
    (r'uv(\.h|/)', {'app'}),
    (r'sqlite3', {'store'}),
    (r'protobuf-c/|(.*/)?[^/]*\.pb-c\.h', {'codec', 'client'}),
    (r'confuse\.h', {'ops'}),
    (r'jansson', {'ops', 'client'}),
    (r'zlib\.h', {'client'}),
    (r'systemd/', {'ops'}),
    (r'sodium', {'codec', 'store'}),
    (r'criterion/', set()),
]

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
GENERATED = re.compile(r'.*\.pb-c\.h$')


class Lint:
    """Reads the tree once, collects what is wrong."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.bad = []
        self.graph = {}

    def layer_of(self, path):
        """The layer of a file, and its name as an include would say it."""
        parts = path.relative_to(self.root).parts
        if parts[0] == 'client':
            return 'client', '/'.join(parts)
        if len(parts) == 2:
            return 'main', parts[1]
        return parts[1], '/'.join(parts[1:])

    def resolve(self, path, layer, name):
        """The included file of ours: its layer and full name, or None."""
        if (path.parent / name).is_file() and '/' not in name:
            return self.layer_of(path.parent / name)
        for base in ('daemon', '') if layer == 'client' else ('daemon',):
            found = self.root / base / name
            if found.is_file() and '/' in name:
                return self.layer_of(found)
        return None

    def check_foreign(self, where, layer, name, system):
        """A header that is not ours."""
        if system is not None and name not in system:
            self.bad.append(f'{where}: {layer} may not include {name}')
            return
        for pattern, owners in OWNERS:
            if re.match(pattern, name) and layer not in owners:
                who = ' and '.join(sorted(owners)) or 'tests'
                self.bad.append(f'{where}: {layer} may not include {name}; '
                                f'only {who} may')

    def check_line(self, path, number, found):
        """One include line."""
        layer, rel = self.layer_of(path)
        where = f'{path.relative_to(self.root)}:{number}'
        allowed, system = LAYERS[layer]
        quoted, name = found[1] == '"', found[2]
        if name.endswith('.c') or '..' in name.split('/'):
            self.bad.append(f'{where}: include headers by their full name, '
                            f'not {name}')
            return
        ours = None if GENERATED.match(name) else self.resolve(
            path, layer, name)
        if ours is None:
            if quoted and not GENERATED.match(name):
                self.bad.append(f'{where}: no such header: {name}')
            else:
                self.check_foreign(where, layer, name, system)
            return
        if not quoted:
            self.bad.append(f'{where}: {name} is ours: use quotes')
        if ours[0] not in allowed:
            self.bad.append(f'{where}: {layer} may not include {name}')
        self.graph.setdefault(rel, set()).add(ours[1])

    def check_file(self, path):
        """All include lines of one file."""
        layer, _ = self.layer_of(path)
        if layer not in LAYERS:
            self.bad.append(f'{path.relative_to(self.root)}: no such layer: '
                            f'{layer}')
            return
        text = tree.without_comments(path.read_text(encoding='utf-8'))
        for number, line in enumerate(text.splitlines(), 1):
            found = INCLUDE.match(line)
            if found:
                self.check_line(path, number, found)

    def check_cycles(self):
        """Walk the headers; a header met again on the way is a circle."""
        done = set()

        def walk(node, trail):
            if node in trail:
                circle = trail[trail.index(node):] + [node]
                self.bad.append('circle: ' + ' -> '.join(circle))
                return
            if node in done:
                return
            for after in sorted(self.graph.get(node, ())):
                walk(after, trail + [node])
            done.add(node)

        for header in sorted(self.graph):
            walk(header, [])


def main():
    if len(sys.argv) != 2:
        print('usage: check_includes.py ROOT', file=sys.stderr)
        return 2
    lint = Lint(sys.argv[1])
    files = tree.c_files(sys.argv[1], ('daemon', 'client'))
    for path in files:
        lint.check_file(path)
    lint.check_cycles()
    for line in lint.bad:
        print(line)
    print(f'{len(files)} files, {len(lint.bad)} wrong includes')
    return 1 if lint.bad or not files else 0


if __name__ == '__main__':
    sys.exit(main())
