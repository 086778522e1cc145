"""Build the list of common English words that the boundary ships.

    apt-get download scowl && dpkg-deb -x scowl_*.deb scowl
    python training/words/build.py scowl/usr/share/dict/scowl

SCOWL 2020.12.07 (Kevin Atkinson; the licence is beside the list). Common: the American and
British words up to size 35, those of the Debian packages `wamerican-small` and `wbritish-small`,
in small letters, without possessives, with accents as they are and without. A word that is also
a proper name of size 50 or less ("rose", "mark", "brown") is marked with `*`, a rare one, of size
40 or 50, with `-`.

The output is the same, byte for byte, for the same input: sorted, gzip without a time.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
import unicodedata
from pathlib import Path

TARGET = Path(__file__).parents[2] / "src/doorstep/boundary/data/words.txt.gz"
VARIANTS = ("english", "american", "british")
COMMON = (10, 20, 35)
RARE = (40, 50)
NAMES = (*COMMON, *RARE)
# Capitalised entries of SCOWL that are titles, peoples, brands or beliefs rather than the name of
# somebody or of a firm that people write about.
NO_NAMES = frozenset(
    """
a acts advent almighty am ampere android ares as atlas atlases attic august autumn battle beach
begin best bible blockbuster born brain bran branch bridges camel canaries cancer cancers carrier
cascades case catholic challenger church closure cognac coke cokes colon commons commonwealth
communion communions communism communist communists confederacy confederate confederates congress
congresses constitution continent continental craft crater creation creator cross crux cs day
deity delicious delta democrat democratic democrats dial doctor downs downy draconian drudge
earnest east eastern enterprise establishment exodus fates father fathers federalist feds fez gall
gap genesis glass gnu god good goodwill gopher gospel gospels grass guinea halon ham handy he head
hiss holder holiday holocaust house huff i in independence innocent inquisition internet it jarred
jersey jerseys job jobs jockey juggernaut junior juniors justice key kit kitty lacy land last lean
left lent lie little loafer loafers lodge long lot low m march marches major male manning marathon
marine marines martial mass masses master masters media mercury midway mike mill mills miss mobile
moor moors more mosaic ms munch muse nation nationwide nice normal north northeast northwest nova
numbers onion oracle orange orient oriental pace pacific page pan paradise paramount parliament
passion passions peace pentagon pilgrim pole poles polish post pound power powers prohibition
protestant proverbs providence psalms psyche pueblo rather reading renaissance representative
republican republicans resurrection reunion revelations ride rock roman root royal rush rusty sap
scopes scotch scotches scrabble scripture scriptures seaside secretary sellers senate senates
senior set shell short small smuts snickers so son south southeast southerner southerners
southwest sprint staples strong sung superior target teletype tell teller thoroughbred tide
treasuries treasury truth turkey twitter tyre union unions ups urban us van vandal victor villa
villas wake wall walls waters weeks west western westerns wheeling whirlpool whites windows wonder
wood woodland workman worms yank yanks zest
""".split()
)


def main(folder: Path) -> None:
    common, rare = _words(folder, COMMON), _words(folder, RARE)
    names = {_plain(w).lower() for w in _read(folder, ("proper-names", "upper"), NAMES)} - NO_NAMES
    lines = [_line(word, word in names, word in common) for word in sorted(common | rare)]
    data = gzip.compress("\n".join(lines).encode(), 9, mtime=0)
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(data)
    marked, seldom = (sum(line.endswith(mark) for line in lines) for mark in "*-")
    digest = hashlib.sha256(data).hexdigest()
    sys.stdout.write(f"{len(lines):,} words: {marked} also names, {seldom:,} rare\n")
    sys.stdout.write(f"{len(data):,} bytes\n")
    sys.stdout.write(f"sha256 {digest}\n")


def _line(word: str, name: bool, common: bool) -> str:
    return word + ("*" if name and common else "" if common else "-")


def _words(folder: Path, sizes: tuple[int, ...]) -> set[str]:
    """Words in small letters without possessives, also without their accents."""
    return {
        spelling
        for word in _read(folder, ("words", "contractions"), sizes)
        if word == word.lower() and not word.endswith("'s")
        for spelling in (word, _plain(word))
    }


def _read(folder: Path, classes: tuple[str, ...], sizes: tuple[int, ...]) -> set[str]:
    paths = [folder / f"{v}-{c}.{size}" for v in VARIANTS for c in classes for size in sizes]
    texts = [path.read_text("utf-8") for path in paths if path.exists()]
    return {word for text in texts for word in text.split()}


def _plain(word: str) -> str:
    marks = (c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return "".join(marks)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
