"""What the lints share: which files there are, and C without its comments."""
import pathlib
import re

# Folders that hold our C. Build folders and the like are never looked at.
C_FOLDERS = ('daemon', 'client', 'tests')

_TOKEN = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def c_files(root, folders=C_FOLDERS, suffixes=('.c', '.h')):
    """All C files below folders of root, in a fixed order."""
    root = pathlib.Path(root)
    return [path for folder in folders
            for path in sorted((root / folder).rglob('*'))
            if path.suffix in suffixes and path.is_file()]


def without_text(source):
    """Blank comments, strings and characters; lines stay where they are."""
    return _TOKEN.sub(lambda found: re.sub(r'[^\n]', ' ', found[0]), source)


def without_comments(source):
    """Blank comments only; lines stay where they are."""
    def blank(found):
        if found[0][0] == '/':
            return re.sub(r'[^\n]', ' ', found[0])
        return found[0]
    return _TOKEN.sub(blank, source)
