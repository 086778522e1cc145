"""Paths that hold the name of a user."""

from __future__ import annotations

from doorstep.boundary.detect.pattern import Pattern, Span

_REST = r"[^ \t\r\n\"'`<>|:*?(),;]"


def _trim(text: str, start: int, end: int) -> Span | None:
    while text[end - 1] in ".,;:!?)]}":
        end -= 1
    if start and (text[start - 1].isalnum() or text[start - 1] in ".-_"):
        return None
    return start, end


PATTERNS = (
    Pattern(
        "unix home",
        "path",
        "Paths below a home folder: /home/x, /Users/x, /mnt/c/Users/x",
        rf"(?:/mnt/[a-z]|/var|/data|/export|/usr)?/(?:home|Users)/[A-Za-z0-9_.-]{{2,}}(?:/{_REST}*)*",
        hint="/(?:home|Users)/",
        edges=False,
        narrow=_trim,
    ),
    Pattern(
        "quoted home",
        "path",
        "Quoted paths below a home folder, which may hold spaces",
        r"[\"'`]((?:/(?:home|Users)/|[A-Za-z]:[\\/]{1,2}(?i:users)[\\/])[^\"'`\r\n]{2,300})[\"'`]",
        edges=False,
    ),
    Pattern(
        "prompt home",
        "path",
        "The folder in a prompt of PowerShell or cmd",
        r"\b([A-Za-z]:\\(?i:users)\\[^<>:\"|?*\r\n]{1,200})>",
        edges=False,
    ),
    Pattern(
        "windows home",
        "path",
        "Paths below a user's folder on Windows, also with doubled backslashes or slashes",
        r"\b[A-Za-z]:[\\/]{1,2}(?i:users|documents and settings|benutzer)[\\/]{1,2}"
        r"(?:[^\\/:*?\"<>|\r\n]{1,60}[\\/]{1,2})*[^\\/:*?\"<>| \t\r\n,;)']{1,120}",
        hint=r"[A-Za-z]:[\\/]{1,2}(?i:users|documents and settings|benutzer)[\\/]",
        edges=False,
        narrow=_trim,
    ),
    Pattern(
        "windows share",
        "path",
        "Shares on a network: \\\\server\\share",
        r"\\\\[A-Za-z0-9][A-Za-z0-9_.-]{2,30}\\[A-Za-z0-9_$.-]{2,}(?:\\[^\\/:*?\"<>| \t\r\n]+)*",
        edges=False,
        narrow=_trim,
    ),
    Pattern(
        "tilde home",
        "path",
        "The home folder of a named user: ~name/",
        r"~[a-z][a-z0-9_-]{2,31}/[A-Za-z0-9_./-]+",
        narrow=_trim,
    ),
)
