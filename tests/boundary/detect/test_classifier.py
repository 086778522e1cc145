"""The name model at run time: places exact, alone as in company, whole or not at all.

Most tests need the extra; without it they are skipped, and what happens then is tested, too.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from doorstep._errors import ConfigError
from doorstep.boundary.detect import Finding
from doorstep.boundary.detect import classifier as module
from doorstep.boundary.detect.classifier import Classifier

WEIGHTS = Path(module.__file__).parent / "weights"
needs_model = pytest.mark.skipif(
    not Classifier.available(), reason='the extra is not installed: pip install "doorstep[names]"'
)

LETTER = (
    "Dear Ms Sharon Whitfield,\n\nmy name is Ravi Khandwekar and I live at 12 Orchard Lane, "
    "Bristol BS1 4QA. I have worked for Boom General Contractors in Mumbai since 2015.\n"
)
QUESTION = "Which of the following is a noble gas?\nA. Oxygen\nB. Neon\nC. Chlorine\nAnswer:"


@pytest.fixture(scope="module")
def names() -> Classifier:
    return Classifier()


def values(text: str, found: list[Finding]) -> dict[str, str]:
    return {text[f.start : f.end]: f.kind for f in found}


@needs_model
@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("Sharon Whitfield", "person"),
        ("Ravi Khandwekar", "person"),
        ("12 Orchard Lane, Bristol BS1 4QA", "address"),
        ("Boom General Contractors", "organisation"),
        ("Mumbai", "place"),
    ],
)
def test_a_letter(names: Classifier, value: str, kind: str) -> None:
    assert values(LETTER, names.find(LETTER)).get(value) == kind


@needs_model
@pytest.mark.parametrize(
    "text",
    [
        QUESTION,
        "How do I sort a list of dictionaries by a key in Python?",
        "What is the boiling point of water at 2,000 metres?",
        '{"loads": [{"id": "A", "kwh": 1.2, "minutes": 90}], "prices": [0.21, 0.19]}',
        "",
        " \n ",
        "...",
    ],
)
def test_innocent_texts_are_left_alone(names: Classifier, text: str) -> None:
    assert names.find(text) == []


@needs_model
def test_a_question_in_front_does_not_hide_a_letter(names: Classifier) -> None:
    text = QUESTION + "\n\n" + LETTER
    found = values(text, names.find(text))
    assert {"Sharon Whitfield", "Ravi Khandwekar"} <= set(found)


@needs_model
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("my name is maya okafor and i live in leeds", "maya okafor"),
        ("MY NAME IS MAYA OKAFOR AND I LIVE IN LEEDS", "MAYA OKAFOR"),
        ("My name is Zoë Müller-Lüdenscheidt.", "Zoë Müller-Lüdenscheidt"),
        ("My name is Zoe\u0308 Mu\u0308ller.", "Zoe\u0308 Mu\u0308ller"),
        ("😀😀 My name is Maya Okafor 😀", "Maya Okafor"),
        ("My name is 𝐌𝐚𝐲𝐚 𝐎𝐤𝐚𝐟𝐨𝐫.", "𝐌𝐚𝐲𝐚 𝐎𝐤𝐚𝐟𝐨𝐫"),
        ("My name is Ma\u200bya Oka\u00adfor.", "Ma\u200bya Oka\u00adfor"),
        ("\ufeffMy name is Maya Okafor.", "Maya Okafor"),
    ],
)
def test_places_are_exact_on_odd_unicode(names: Classifier, text: str, value: str) -> None:
    assert value in values(text, names.find(text))


@needs_model
def test_alone_as_in_company(names: Classifier) -> None:
    """Windows of many lengths side by side give what each gives alone, in a fresh classifier."""
    texts = [LETTER[:cut] for cut in range(5, len(LETTER), 9)] + [QUESTION, "", "Maya", LETTER * 3]
    together = names.find_all(texts)
    alone = Classifier()
    assert [alone.find(text) for text in reversed(texts)] == together[::-1]


@needs_model
def test_the_same_twice(names: Classifier) -> None:
    assert names.find(LETTER) == names.find(LETTER) == Classifier().find(LETTER)


@needs_model
def test_a_repeated_window_is_computed_once() -> None:
    names = Classifier()
    ran: list[int] = []
    run = names._run

    def counted(batch: object) -> object:
        ran.append(len(batch))  # type: ignore[arg-type]
        return run(batch)  # type: ignore[arg-type]

    names._run = counted  # type: ignore[method-assign, assignment]
    names.find_all([LETTER, LETTER, LETTER])
    names.find(LETTER)
    assert sum(ran) == 1


@needs_model
def test_a_long_text_is_read_to_its_end(names: Classifier) -> None:
    filler = "The meeting was long and nobody had anything new to say about the budget. " * 300
    text = filler + LETTER + filler + "Please call Ravi Khandwekar back tomorrow."
    found = names.find(text)
    assert {"Ravi Khandwekar", "Sharon Whitfield"} <= set(values(text, found))
    assert max(f.start for f in found) > len(text) - 50
    assert [f.start for f in found] == sorted(f.start for f in found)


@needs_model
def test_memory_of_a_long_text_is_bounded(names: Classifier) -> None:
    text = " ".join(f"Maya number {n} met Omar in town {n * 7}." for n in range(4000))
    tracemalloc.start()
    names.find(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 400 * len(text)


@needs_model
def test_strict_finds_all_that_names_finds(names: Classifier) -> None:
    strict = Classifier("strict")
    for text in (LETTER, LETTER.lower(), QUESTION):
        at_names = {at for f in names.find(text) for at in range(f.start, f.end)}
        at_strict = {at for f in strict.find(text) for at in range(f.start, f.end)}
        assert at_names <= at_strict


@needs_model
def test_a_title_is_no_part_of_a_name(names: Classifier) -> None:
    text = "Dear Mr Okoye, please tell Dr. Weber and Mrs Lindqvist that we meet Sir Duarte."
    found = [text[f.start : f.end] for f in names.find(text)]
    assert found == ["Okoye", "Weber", "Lindqvist", "Duarte"]


@needs_model
def test_findings_hold_no_text(names: Classifier) -> None:
    for finding in names.find(LETTER):
        assert finding.by.startswith("name model ")
        assert "Sharon" not in repr(finding)


def test_weights_are_small_and_complete() -> None:
    files = [path for path in WEIGHTS.iterdir() if path.is_file()]
    assert {"names.onnx", "names.json", "vocabulary.txt.gz", "MODEL_CARD.md"} <= {
        path.name for path in files
    }
    assert sum(path.stat().st_size for path in files) < 25_000_000


@needs_model
@pytest.mark.parametrize("name", ["names.onnx", "vocabulary.txt.gz", "names.json"])
def test_changed_weights_are_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "weights"
    shutil.copytree(WEIGHTS, folder)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ConfigError, match="damaged"):
        Classifier(folder=folder)


@pytest.mark.parametrize("card", [None, "{", json.dumps({"kinds": []})])
def test_a_missing_or_broken_card_is_refused(tmp_path: Path, card: str | None) -> None:
    if card is not None:
        (tmp_path / "names.json").write_text(card)
    with pytest.raises(ConfigError, match="damaged"):
        Classifier(folder=tmp_path)


@needs_model
def test_unknown_thresholds_are_refused() -> None:
    with pytest.raises(ConfigError, match="thresholds"):
        Classifier("loose")  # type: ignore[arg-type]


def test_without_the_extra_it_says_what_to_install() -> None:
    """In a process of its own in which onnxruntime cannot be imported."""
    program = """
import sys
sys.modules["onnxruntime"] = None
from doorstep._errors import ConfigError
from doorstep.boundary.detect.classifier import Classifier
try:
    Classifier()
except ConfigError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert 'pip install "doorstep[names]"' in done.stdout


def test_importing_loads_no_runtime() -> None:
    program = (
        "import sys, doorstep.boundary.detect.classifier; "
        "print([m for m in ('onnxruntime', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@needs_model
def test_kinds_are_the_ones_that_everyone_knows(names: Classifier) -> None:
    """What the model calls an authority is an organisation to everyone else."""
    shared = """
    person organisation place email phone url address date age demographic quantity case order
    account identifier secret handle other
    """
    assert set(names._called) == set(shared.split())
