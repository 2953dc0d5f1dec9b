#!/usr/bin/env python3
"""Damage a file of a state folder in one place, for tests.

usage: spoil_state.py byte FILE AT       turn one bit of the byte at AT
       spoil_state.py text FILE TEXT     turn one bit of the last such text
       spoil_state.py event FILE NUMBER  turn one bit in the body of an event
       spoil_state.py drop FILE NUMBER   take an event out, as SQLite does
       spoil_state.py set FILE SQL       change a file of SQLite by a statement
"""
import sqlite3
import sys


def turn(path, at):
    with open(path, 'r+b') as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1]))


def find_last(path, needle):
    with open(path, 'rb') as file:
        at = file.read().rfind(needle)
    if at < 0:
        raise SystemExit(f'{path}: has no {needle!r}')
    return at


def run(path, sql, *values):
    base = sqlite3.connect(path)
    rows = base.execute(sql, values).fetchall()
    base.commit()
    base.close()
    return rows


def main():
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    what, path, value = sys.argv[1:]
    if what == 'byte':
        turn(path, int(value))
    elif what == 'text':
        turn(path, find_last(path, value.encode()))
    elif what == 'event':
        body = run(path, 'SELECT body FROM event WHERE number = ?',
                   int(value))[0][0]
        turn(path, find_last(path, body) + len(body) // 2)
    elif what == 'drop':
        run(path, 'DELETE FROM event WHERE number = ?', int(value))
    elif what == 'set':
        run(path, value)
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == '__main__':
    sys.exit(main())
