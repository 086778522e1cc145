"""`GET /` of a real gateway: Ollama's words for its clients, the page for a person's browser."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from tests.gateway.process import served

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
TOKEN = "a-token-of-sixteen-or-more"


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/html"])
def test_a_client_of_ollama_hears_its_words(tmp_path: Path, accept: str) -> None:
    with served(tmp_path) as url:
        answer = httpx2.get(url, headers={"accept": accept}, trust_env=False)
        head = httpx2.head(url, trust_env=False)
    assert (answer.status_code, answer.text) == (200, "Ollama is running")
    assert head.status_code == 200


def test_a_browser_comes_to_the_page(tmp_path: Path) -> None:
    with served(tmp_path) as url, httpx2.Client(trust_env=False, follow_redirects=True) as client:
        answer = client.get(url, headers=BROWSER)
    assert answer.url.path == "/page/today"
    assert "Nothing has been asked on this machine yet." in answer.text


def test_a_browser_comes_to_the_form_where_a_token_is_set(tmp_path: Path) -> None:
    with (
        served(tmp_path, environ={"DOORSTEP_TOKEN": TOKEN}) as url,
        httpx2.Client(trust_env=False, follow_redirects=True) as client,
    ):
        answer = client.get(url, headers=BROWSER)
        plain = client.get(url)
        came = client.post(f"{url}/page/enter", data={"token": TOKEN}, headers=BROWSER)
    assert answer.url.path == "/page/enter"
    assert plain.status_code == 401
    assert came.url.path == "/page/today" and came.status_code == 200


def test_without_the_page_everybody_hears_ollamas_words(tmp_path: Path) -> None:
    with served(tmp_path, toml="[page]\non = false\n") as url:
        answer = httpx2.get(url, headers=BROWSER, trust_env=False)
        page = httpx2.get(f"{url}/page/today", headers=BROWSER, trust_env=False)
    assert answer.text == "Ollama is running"
    assert page.status_code == 404
