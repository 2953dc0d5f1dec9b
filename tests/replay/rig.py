"""What both replays of real days need: a daemon of their own and its client.

Everything is in a folder of its own that is gone afterwards. Numbers stay
decimal strings or integers: nothing here is a float that matters.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

SKIPPED = 77  # what meson takes as "skipped"
START_S = 20
STOP_S = 60

SOCKETS = ('prices', 'ingest', 'query', 'events', 'public')


class Failure(Exception):
    """A check that did not hold, or a program that did not do its part."""


def data_file(name):
    """A file of recorded data, or the end of the test as skipped."""
    root = pathlib.Path(__file__).resolve().parents[2]
    folder = pathlib.Path(os.environ.get('RISKD_DATA',
                                         root / '..' / 'shared' / 'data'))
    path = folder / name
    if not path.is_file():
        print(f'skipped: {path} is missing (set RISKD_DATA to the folder '
              'of the recorded data)')
        sys.exit(SKIPPED)
    return path


def check(holds, what):
    """Fail with a sentence unless it holds."""
    print(f'{"ok" if holds else "FAILED"}: {what}', flush=True)
    if not holds:
        raise Failure(what)


class Daemon:
    """riskd in a folder of its own, from `with` to its end."""

    def __init__(self, riskd, riskctl, markets, settings):
        """settings: lines of riskd.conf besides clock to journal."""
        self.riskd = riskd
        self.riskctl = riskctl
        self.markets = markets
        self.settings = settings

    def __enter__(self):
        # Short: the path of a Unix socket has about 100 characters.
        self.folder = tempfile.TemporaryDirectory(prefix='riskd-', dir='/tmp')
        root = pathlib.Path(self.folder.name)
        self.url = f'ipc://{root}/query.sock'
        self.log = root / 'log'
        (root / 'markets.json').write_text(json.dumps(self.markets),
                                           encoding='ascii')
        listen = '\n'.join(f'\t{name} = {{"ipc://{root}/{name}.sock"}}'
                           for name in SOCKETS)
        (root / 'riskd.conf').write_text(
            'clock = messages\nmarkets = "markets.json"\n'
            'journal {\n\tkind = memory\n}\n'
            f'listen {{\n{listen}\n}}\n{self.settings}\n', encoding='ascii')
        with open(self.log, 'wb') as log:
            self.process = subprocess.Popen(
                [self.riskd, '-c', str(root / 'riskd.conf')], stderr=log,
                stdout=log)
        self.await_start()
        return self

    def await_start(self):
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            if self.ctl('status').returncode in (0, 5):
                return
            time.sleep(0.1)
        text = self.log.read_text(errors='replace')
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()
        raise Failure(f'riskd does not start:\n{text}')

    def ctl(self, *words, **options):
        """Run riskctl; its output is captured unless told otherwise."""
        options.setdefault('stdout', subprocess.PIPE)
        return subprocess.run([self.riskctl, '-s', self.url, *words],
                              stderr=subprocess.PIPE, text=True, check=False,
                              **options)

    def rows(self, *words):
        """The JSON lines that riskctl prints."""
        done = self.ctl('--json', *words)
        if done.returncode not in (0, 5):
            raise Failure(f'riskctl {" ".join(words)}: {done.stderr}')
        return [json.loads(line) for line in done.stdout.splitlines()]

    def replay(self, *words):
        """Run a replay; its JSON lines and its exit code."""
        done = self.ctl('--json', 'replay', *words)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        if not rows:
            raise Failure(f'riskctl replay: {done.stderr}\n'
                          f'{self.log.read_text(errors="replace")}')
        if done.stderr:
            print(done.stderr, file=sys.stderr)
        return rows, done.returncode

    def stop(self):
        """Ask the daemon to end; it must do so with exit code 0."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(STOP_S)
        check(code == 0, f'riskd ends with exit code 0 on SIGTERM ({code})')

    def peak_memory_kib(self):
        """The most memory the daemon ever had, in KiB."""
        status = pathlib.Path(f'/proc/{self.process.pid}/status')
        for line in status.read_text(encoding='ascii').splitlines():
            if line.startswith('VmHWM:'):
                return int(line.split()[1])
        return 0

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()
