"""The notebook runs as it stands: on the stand-ins, and with an Ollama and an Azure that answer."""

from __future__ import annotations

import json
import re
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import nbformat
import pytest

from docs.site import notebook
from docs.site.build import ROOT
from doorstep.config import VARIABLES, Settings
from doorstep.household.render import parse_rendered
from doorstep.household.solver import solve, to_solution
from tests.models.ollama_server import Chat, OllamaServer, answer
from tests.models.openai_server import Answer, OpenAIServer, Request, responses_events

NOTEBOOK = ROOT / "docs/tutorial/dishwasher.ipynb"
READ = {
    "asked": "dishwasher",
    "devices": [
        {"device": "dishwasher", "finish_by": "06:30", "quiet_by": "22:30"},
        {"device": "EV charger", "finish_by": "07:00"},
    ],
}
SAID = "Later: run the dishwasher from 20:00 to 21:30."


def printed(node: nbformat.NotebookNode) -> str:
    shown = [one for cell in node.cells for one in cell.get("outputs", ())]
    return "\n".join(one.text for one in shown if one.output_type == "stream")


def test_it_runs_on_the_stand_ins_and_shows_what_it_says() -> None:
    node = notebook.run(NOTEBOOK, ROOT)
    text = printed(node)
    assert "built-in rules" in text and "stand-in-exact-solver" in text
    assert "The preview said the same, byte for byte: True" in text
    assert "whole: True" in text and "('row 1 was changed',)" in text
    assert "start the dishwasher at 20:00" in text
    assert "the same body as before: True" in text
    assert text.count("nothing was sent") == 5 and "LEFT" not in text
    assert "new rows in the ledger: 0" in text
    page, pictures = notebook.page(node, "x.ipynb")
    (picture,) = pictures.values()
    assert ElementTree.fromstring(picture).tag.endswith("svg")
    assert "![The tariff over 24 hours" in page and "<IPython" not in page


def read_or_say(chat: dict[str, Any]) -> Chat:
    """What a home model would: fills in the form where there is one, else reasons or tells."""
    if "format" in chat:
        return answer(json.dumps(READ))
    tells = "You tell a household" in chat["messages"][0]["content"]
    return answer(SAID if tells else "The dishwasher has to be through by 06:30 ...")


def solved(request: Request) -> Answer:
    problem = parse_rendered(request.json["input"][-1]["content"])
    text = to_solution(problem, solve(problem)).model_dump_json()
    return Answer.sse(responses_events(text), cut=11)


def test_the_same_cells_use_ollama_and_azure_where_the_environment_names_them() -> None:
    with OllamaServer() as daemon, OpenAIServer() as cloud:
        daemon.says(read_or_say)
        cloud.answer_with(solved)
        given = {
            "OLLAMA_HOST": daemon.url,
            "AZURE_OPENAI_ENDPOINT": cloud.url.removesuffix("/v1"),
            "AZURE_OPENAI_API_KEY": "azure-key",
        }
        text = printed(notebook.run(NOTEBOOK, ROOT, given))
    assert "home:  gemma4:e4b - found on Ollama" in text
    assert "cloud: gpt-5.4 - Azure OpenAI is configured" in text
    assert "Stand-ins: none" in text and SAID in text
    assert "LEFT" not in text and "new rows in the ledger: 0" in text
    assert any("Maya" in json.dumps(chat) for chat in daemon.chats())
    (sent,) = cloud.requests
    assert sent.path == "/openai/v1/responses"
    assert not [word for word in (b"Maya", b"Mark", b"dishwasher", b"4711") if word in sent.body]


def test_no_output_is_in_the_repository() -> None:
    node = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(node)
    code = [cell for cell in node.cells if cell.cell_type == "code"]
    assert code and not [c for c in code if c.outputs or c.execution_count is not None]


def test_the_settings_it_shows_are_settings() -> None:
    node = nbformat.read(NOTEBOOK, as_version=4)
    text = "\n".join(cell.source for cell in node.cells)
    (block,) = re.findall(r"```toml\n(.*?)```", text, re.S)
    assert Settings.model_validate(tomllib.loads(block)).cloud.azure_endpoint
    assert not [name for name in re.findall(r"`(DOORSTEP_\w+)`", text) if name not in VARIABLES]


def test_a_cell_that_fails_is_told(tmp_path: Path) -> None:
    node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("assert 1 > 2, 'no'")])
    nbformat.write(node, tmp_path / "bad.ipynb")
    (tmp_path / "examples").mkdir()
    with pytest.raises(notebook.NotRun, match=r"bad\.ipynb(.|\n)*assert 1 > 2"):
        notebook.run(tmp_path / "bad.ipynb", tmp_path)


def test_a_run_sees_no_key_and_no_settings_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")
    monkeypatch.setenv("DOORSTEP_LEDGER", "/nowhere/ledger.sqlite3")
    shown = (
        "import os; print({n: v for n, v in os.environ.items() if 'OPENAI' in n or 'DOOR' in n})"
    )
    node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(shown)])
    nbformat.write(node, tmp_path / "look.ipynb")
    (tmp_path / "examples").mkdir()
    text = printed(notebook.run(tmp_path / "look.ipynb", tmp_path, {"OPENAI_BASE_URL": "x"}))
    assert text.strip() == "{'OPENAI_BASE_URL': 'x'}"
