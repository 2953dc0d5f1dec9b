#!/usr/bin/env python3
"""Does the player of scenarios refuse what makes no sense or is left out?

usage: test_language.py RUN_ENGINE FOLDER NAME...

NAME... are the scenarios that are played; each file in FOLDER must be one.
"""
import pathlib
import subprocess
import sys
import tempfile

LISTING = '> asset USD fixed_price=1\n> market X brackets=0:0.05:0.1\n'
# Long 10 at 100 on 60, in MARGIN_CALL: two decisions away from being told.
LONG = (LISTING + '> account id=1\n'
        '> deposit account=1 asset=USD amount=60\n'
        '> tick X=100\n'
        '> fill market=X price=100 size=10 buyer=1 seller=external\n')
TOLD = LONG + '< STATE account=1 after=MARGIN_CALL\n'

# what is proven, the scenario, and what the player must say about it
CASES = [
    ('a decision must be told', LONG + '? account id=1 equity=60\n',
     ':6: STATE is not told'),
    ('every decision must be told', TOLD + '> tick X=98\n'
     '< STATE after=LIQUIDATING\n', ':8: ORDER_OPENED is not told'),
    ('decisions are told in order', TOLD + '> tick X=98\n'
     '< ORDER_OPENED account=1\n', ':9: ORDER_OPENED: it is not said'),
    ('an event is told of its own command', TOLD + '> tick X=100\n'
     '< STATE account=1 after=MARGIN_CALL\n', ':9: STATE: it is not said'),
    ('an event of no known name is never said', LONG + '< STAT account=1\n',
     ':7: STAT: it is not said'),
    ('an event has only its own fields', LONG + '< STATE size=1\n',
     ':7: STATE has no field "size"'),
    ('a wrong figure is named', TOLD + '? account id=1 equity=61\n',
     ':8: account: equity is 60, expected 61'),
    ('an answer has only its own fields', TOLD + '? account id=1 size=1\n',
     ':8: account has no field "size"'),
    ('a question is about what is there', TOLD + '? account id=2 equity=0\n',
     'there is no account 2'),
    ('a refusal must be told', TOLD + '> deposit account=1 asset=USD '
     'amount=-1\n', ':8: refused with BAD_AMOUNT'),
    ('a refusal is one', TOLD + '> deposit account=1 asset=USD amount=1\n'
     '! BAD_AMOUNT\n', ':9: the command was answered OK, expected BAD_AMOUNT'),
    ('a refusal has its code', TOLD + '> deposit account=1 asset=USD '
     'amount=-1\n! OVERFLOW\n',
     ':9: the command was answered BAD_AMOUNT, expected OVERFLOW'),
    ('a repeat must be told', TOLD + '> again\n',
     ':8: answered from memory, as a repeat'),
    ('a repeat is one', TOLD + '> deposit account=1 asset=USD amount=1\n'
     '! REPEAT\n', ':9: the command was not answered from memory'),
    ('a refused child must be told', TOLD + '> atomic begin\n'
     '> deposit account=2 asset=USD amount=1\n> atomic end\n',
     ':10: refused with NO_ACCOUNT'),
    ('the right child is refused', TOLD + '> atomic begin\n'
     '> deposit account=1 asset=USD amount=1\n! NO_ACCOUNT\n'
     '> deposit account=2 asset=USD amount=1\n> atomic end\n',
     ':10: command 1 of the message is answered ATOMIC, expected NO_ACCOUNT'),
    ('an atomic message ends', TOLD + '> atomic begin\n',
     '"atomic end" is missing'),
    ('nothing is told inside an atomic message', TOLD + '> atomic begin\n'
     '? account id=1 equity=60\n', ':9: must stand after "atomic end"'),
    ('something must be expected', LISTING + '> account id=1\n',
     'nothing is expected'),
    ('a command is known', LISTING + '> depositt account=1\n',
     ':3: no command is called "depositt"'),
    ('a command has only its own fields', LISTING + '> account id=1 ownr=2\n',
     ':3: account has no field "ownr"'),
    ('a command has all its fields', LISTING + '> account owner=2\n',
     ':3: account needs a field "id"'),
    ('a field stands once', LISTING + '> account id=1 id=2\n',
     ':3: id is written twice'),
    ('a number fits its unit', TOLD + '> tick X=100.001\n',
     ':8: X=100.001 '),
    ('a name is listed', TOLD + '> tick Z=100\n',
     ':8: "Z" is neither a market nor an asset'),
    ('an order is named before it is used', TOLD
     + '> order_closed order=@1 filled=0\n',
     ':8: no order is named @1 yet'),
    ('time goes forward', TOLD + '> clock at=+0s\n',
     ':8: clock must go forward'),
    ('listing comes first', TOLD + '> asset BTC\n',
     ':8: asset must stand before all that is not a listing'),
    ('a listing that cannot work is refused', LISTING
     + '> market Y lot=0 brackets=0:0.05:0.1\n> account id=1\n',
     '$.markets[1].lot = "0"'),
    ('terms of an asset can work', '> asset USD fixed_price=1 '
     'weight=0.9:0.95:0.8\n> account id=1\n',
     '$.assets[0].collateral.weight_initial = "0.95"'),
    ('terms of an asset have all levels', '> asset USD fixed_price=1 '
     'weight=0.9:0.8\n> account id=1\n',
     ':1: weight must be 3 numbers'),
    ('profit at withdrawal is not said', '> asset USD fixed_price=1 '
     'profit=1:0.8:0\n> account id=1\n',
     ':1: profit must be 2 numbers'),
    ('a restart needs what it starts from', TOLD + '> restart\n',
     ':8: needs "> journal file"'),
    ('only what is listed can be edited', '> journal file\n' + TOLD
     + '> restart market Z brackets=0:0.05:0.1\n',
     ':9: no market is listed as Z'),
    ('an edit that cannot work is refused', '> journal file\n' + TOLD
     + '> restart market X brackets=0:0.2:0.1\n',
     '$.markets[0].brackets[0].maintenance = "0.2"'),
    ('a ramp is of one thing', LISTING + '> ramp duration=1h\n',
     ':3: ramp needs an asset or a market'),
    ('a line has a mark', LISTING + 'account id=1\n',
     ':3: a line must begin with'),
]


def play(run_engine, path, text):
    path.write_text(text, encoding='utf-8')
    return subprocess.run([run_engine, str(path)], capture_output=True,
                          text=True, timeout=60, check=False)


def check_cases(run_engine, report):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / 'case.scn'
        done = play(run_engine, path, TOLD)
        report(done.returncode == 0, 'what is told in full passes',
               done.stdout)
        for name, text, need in CASES:
            done = play(run_engine, path, text)
            report(done.returncode == 1 and need in done.stdout, name,
                   f'wanted {need!r}, got:\n{done.stdout}{done.stderr}')


def main():
    if len(sys.argv) < 4:
        print('usage: test_language.py RUN_ENGINE FOLDER NAME...',
              file=sys.stderr)
        return 2
    count, failed = 0, 0

    def report(good, name, why):
        nonlocal count, failed
        count += 1
        failed += not good
        print(f'{"ok" if good else "not ok"} {count} - {name}')
        if not good:
            print('\n'.join('# ' + line for line in why.splitlines()))

    check_cases(sys.argv[1], report)
    files = {path.stem for path in pathlib.Path(sys.argv[2]).glob('*.scn')}
    forgotten = sorted(files - set(sys.argv[3:]))
    report(not forgotten, 'every scenario is in the list of meson.build',
           'not played: ' + ', '.join(forgotten))
    print(f'1..{count}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
