"""`doorstep serve` as a person starts it: a process of its own, ended by signals."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

TOKEN = "token-of-this-test-0123"
LISTENS = re.compile(r"Doorstep listens on (http://\S+)")
# What the mask path has no use for; each costs time at the start, or memory.
UNUSED = ("openai", "pydantic_ai", "xllamacpp", "numpy", "onnxruntime", "sklearn", "dbos")
UNUSED += ("jinja2", "starlette")  # until the page is opened


class Cloud(BaseHTTPRequestHandler):
    """Says back the last message."""

    protocol_version = "HTTP/1.1"
    got: list[str]

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["content-length"])).decode()
        type(self).got.append(sent)
        text = json.loads(sent)["messages"][-1]["content"]
        message = {"role": "assistant", "content": text}
        body = json.dumps({"choices": [{"index": 0, "message": message}]}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing on the test's screen."""


@pytest.fixture
def cloud() -> Iterator[str]:
    Cloud.got = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Cloud)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DOORSTEP_LEDGER": str(folder / "ledger.sqlite3"),
        "OLLAMA_HOST": "127.0.0.1:1",
        **more,
    }


@contextmanager
def serving(folder: Path, *words: str, **more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its URL. It is ended by force if the test does not end it."""
    log = folder / "serve.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "doorstep", "serve", "--port", "0", *words],
            cwd=folder,
            env=environment(folder, **more),
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        end = time.monotonic() + 20
        while not (found := LISTENS.search(log.read_text())):
            assert process.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.02)
        yield process, found[1]
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(15)


def failing(folder: Path, *words: str, **more: str) -> tuple[int, str]:
    """Exit status and what was said by a start that cannot work."""
    done = subprocess.run(
        [sys.executable, "-m", "doorstep", "serve", *words],
        cwd=folder,
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def ask(url: str, text: str = "Hello", *, model: str = "gpt-x", key: str = "any") -> Any:
    body = {"model": model, "messages": [{"role": "user", "content": text}]}
    request = urllib.request.Request(
        f"{url}/v1/chat/completions",
        json.dumps(body).encode(),
        {"content-type": "application/json", "authorization": f"Bearer {key}"},
    )
    with urllib.request.urlopen(request, timeout=20) as reply:
        return json.load(reply)


def test_the_shortest_start_masks_any_model(tmp_path: Path, cloud: str) -> None:
    with serving(tmp_path, "--upstream", cloud) as (process, url):
        reply = ask(url, "Write to zoe.marsh@example.com")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert reply["choices"][0]["message"]["content"] == "Write to zoe.marsh@example.com"
    assert "zoe.marsh" not in Cloud.got[0] and "EMAIL_" in Cloud.got[0]
    lines = (tmp_path / "serve.log").read_text().splitlines()
    assert lines[1] == f"mask/NAME goes to upstream-1: {cloud} (without a key)."
    assert [line for line in lines if line.startswith("No token is asked for")]
    assert [line for line in lines if line.startswith("Names of people")]
    assert lines[-2] == "The patterns ask gpt-5.4 (cloud.model)." and len(lines) == 7
    assert lines[-1] == f"See what left the house: {url}/page/"


@pytest.mark.parametrize("name", ["Home", "hoome:latest", "cross_check", "sanitise-and-solve"])
def test_a_slip_in_a_name_of_ours_reaches_no_cloud(tmp_path: Path, cloud: str, name: str) -> None:
    with serving(tmp_path, "--upstream", cloud) as (_, url):
        with pytest.raises(urllib.error.HTTPError) as caught:
            ask(url, "I want this at home.", model=name)
        assert ask(url, model=f"mask/{name}")["choices"]  # who means it can say so
    assert caught.value.code == 404
    assert "Did you mean" in json.load(caught.value)["error"]["message"]
    assert len(Cloud.got) == 1


def test_patterns_work_on_stand_ins_and_say_so(tmp_path: Path) -> None:
    with serving(tmp_path) as (_, url):
        for name in ("sanitize-and-solve", "escalate-on-hard", "cross-check", "home"):
            reply = ask(url, "What is 17 times 23?", model=name)
            assert "391" in reply["choices"][0]["message"]["content"]
        with pytest.raises(urllib.error.HTTPError) as caught:
            ask(url, model="mask/gpt-x")
    assert caught.value.code == 503
    assert "--upstream" in json.load(caught.value)["error"]["message"]
    assert "stand-in" in (tmp_path / "serve.log").read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_several_workers_share_one_address_and_the_dead_are_replaced(
    tmp_path: Path, cloud: str, number: signal.Signals
) -> None:
    with serving(tmp_path, "--upstream", cloud, "--workers", "2") as (process, url):
        first = children(process.pid)
        assert len(first) == 2
        sent = {ask(url, "Write to zoe.marsh@example.com") and Cloud.got[-1] for _ in range(20)}
        assert len(sent) == 1  # whoever answers, the placeholder is the same
        os.kill(first[0], signal.SIGKILL)
        end = time.monotonic() + 10
        while len(children(process.pid)) < 2 or first[0] in children(process.pid):
            assert time.monotonic() < end
            time.sleep(0.05)
        assert ask(url)["choices"]
        metrics = urllib.request.urlopen(f"{url}/metrics", timeout=10).read().decode()
        process.send_signal(number)
        assert process.wait(15) == 0
    counts = re.findall(r"doorstep_crossings_total\{.*\} (\S+)", metrics)
    assert sum(map(float, counts)) == 21  # of both workers, and of the dead one
    assert not [pid for pid in first if Path(f"/proc/{pid}").exists()]


def test_workers_end_when_the_first_process_is_killed(tmp_path: Path, cloud: str) -> None:
    with serving(tmp_path, "--upstream", cloud, "--workers", "2") as (process, _):
        workers = children(process.pid)
        process.kill()
        process.wait(5)
    end = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in workers):
        assert time.monotonic() < end
        time.sleep(0.05)


def waited(done: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in listed.split()]


def test_a_stream_that_is_under_way_may_end(tmp_path: Path) -> None:
    """The last words come after the signal."""
    with socket.create_server(("127.0.0.1", 0)) as far:
        far_url = f"http://127.0.0.1:{far.getsockname()[1]}/v1"
        with serving(tmp_path, "--upstream", far_url) as (process, url):
            host, port = url.removeprefix("http://").split(":")
            with socket.create_connection((host, int(port))) as near:
                body = b'{"model":"m","messages":[],"stream":true}'
                head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n"
                near.sendall(head + b"content-length: %d\r\n\r\n" % len(body) + body)
                up, _ = far.accept()
                up.recv(65536)
                kind = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
                up.sendall(kind + b'data: {"choices":[]}\n\n')
                near.settimeout(10)
                got = near.recv(65536)
                process.send_signal(signal.SIGTERM)
                time.sleep(0.5)
                up.sendall(b"data: [DONE]\n\n")
                up.close()
                while part := near.recv(65536):
                    got += part
            assert process.wait(10) == 0
    assert got.startswith(b"HTTP/1.1 200") and b"[DONE]" in got


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, err = failing(tmp_path, "--port", str(port))
    assert code == 2
    assert f"127.0.0.1:{port} cannot be listened to: address already in use" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_only_with_a_token_it_listens_to_other_machines(tmp_path: Path, host: str) -> None:
    code, err = failing(tmp_path, "--host", host)
    assert code == 2
    assert "Without a token" in err and err.count("\n") == 1


def test_a_token_opens_the_gateway_to_others_and_is_asked_for(tmp_path: Path, cloud: str) -> None:
    given = ("--host", "0.0.0.0", "--upstream", cloud)
    with serving(tmp_path, *given, DOORSTEP_TOKEN=TOKEN) as (_, url):
        near = url.replace("0.0.0.0", "127.0.0.1")
        assert ask(near, key=TOKEN)["choices"]
        with pytest.raises(urllib.error.HTTPError) as caught:
            ask(near, key="other")
    assert caught.value.code == 401
    said = (tmp_path / "serve.log").read_text()
    assert TOKEN not in said and "A token is asked for" in said


def test_a_token_file_must_be_ours_alone(tmp_path: Path, cloud: str) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    file.chmod(0o644)
    code, err = failing(tmp_path, "--port", "0", "--token-file", str(file))
    assert code == 2
    assert "may be read by others (mode 0644)" in err and f"chmod 600 {file}" in err
    file.chmod(0o600)
    with serving(tmp_path, "--upstream", cloud, "--token-file", str(file)) as (_, url):
        assert ask(url, key=TOKEN)["choices"]
        with pytest.raises(urllib.error.HTTPError):
            ask(url, key=TOKEN + "x")


@pytest.mark.parametrize(
    ("words", "environ", "says"),
    [
        ((), {"DOORSTEP_TOKEN": "short"}, "fewer than 16 characters"),
        ((), {"DOORSTEP_TOKEN": "with a blank in it, and long"}, "cannot be sent"),
        (("--token-file", "absent"), {}, "cannot be read (FileNotFoundError)"),
        (("--token-file", "/dev/null"), {}, "is no file"),
        (("--upstream", ""), {}, "For example: https://"),
        (("--upstream", "api.openai.com/v1"), {}, "must begin with https://"),
        (("--upstream", "http://127.0.0.1/v1/chat/completions"), {}, "before /chat/completions"),
        (("--upstream", "http://192.0.2.1/v1"), {}, "without encryption"),
        (("--upstream", "ftp://127.0.0.1/v1"), {}, "must begin with https://"),
        (("--upstream", "http://u:p@127.0.0.1/v1"), {}, "a user name in it"),
        (("--upstream", "http://127.0.0.1/v1?x=1"), {}, "must end with its path"),
        (("--upstream", "http://127.0.0.1:1/v1"), {"OPENAI_API_KEY": "sk-é"}, "cannot be sent"),
    ],
)
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_start_that_cannot_work_is_one_line(
    tmp_path: Path, words: tuple[str, ...], environ: dict[str, str], says: str, workers: str
) -> None:
    code, err = failing(tmp_path, "--port", "0", "--workers", workers, *words, **environ)
    assert code == 2
    assert says in err
    assert len(set(err.splitlines())) == 1
    assert not [value for value in environ.values() if value in err]


def test_an_empty_token_file_is_not_taken_for_none(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("\n")
    file.chmod(0o600)
    code, err = failing(tmp_path, "--port", "0", "--token-file", str(file))
    assert code == 2
    assert "is empty" in err and err.count("\n") == 1


def test_a_page_that_is_not_installed_is_told_at_the_start(tmp_path: Path) -> None:
    """Who takes a newer Doorstep without its extra has an older gateway's packages."""
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['jinja2'] = None\n")
    code, err = failing(tmp_path, "--port", "0", PYTHONPATH=str(tmp_path))
    assert code == 2 and err.count("\n") == 1
    assert "The page needs jinja2" in err and "pip install 'doorstep[gateway]'" in err


def test_an_upstream_without_a_path_is_remarked_on(tmp_path: Path, cloud: str) -> None:
    with serving(tmp_path, "--upstream", cloud.removesuffix("/v1")):
        pass
    assert "without a path such as /v1" in (tmp_path / "serve.log").read_text()


def test_who_waits_when_it_is_stopped_is_told_so(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        ThreadPoolExecutor(1) as pool,
        serving(tmp_path, "--upstream", f"http://127.0.0.1:{silent.getsockname()[1]}/v1") as run,
    ):
        process, url = run
        waits = pool.submit(ask, url)
        silent.accept()
        process.send_signal(signal.SIGTERM)
        with pytest.raises(urllib.error.HTTPError) as caught:
            waits.result(15)
        assert process.wait(10) == 0
    assert (caught.value.code, caught.value.headers["retry-after"]) == (503, "2")
    assert json.load(caught.value)["error"]["code"] == "stopping"


def test_settings_give_upstreams_with_keys_of_their_own(tmp_path: Path, cloud: str) -> None:
    (tmp_path / "doorstep.toml").write_text(
        f'[[gateway.upstreams]]\nname = "near"\nurl = "{cloud}"\nkey_env = "NEAR"\n'
        'models = ["gpt-*", "o9"]\n'
    )
    code, err = failing(tmp_path, "--port", "0")
    assert code == 2 and "no key in the environment variable NEAR" in err
    with serving(tmp_path, NEAR="sk-near") as (_, url):
        listed = json.load(urllib.request.urlopen(f"{url}/v1/models", timeout=10))
        assert "mask/o9" in [model["id"] for model in listed["data"]]
        assert ask(url, model="mask/gpt-x")["choices"]
        for unknown in ("gpt-x", "mask/other"):
            with pytest.raises(urllib.error.HTTPError) as caught:
                ask(url, model=unknown)
            assert caught.value.code == 404


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("[gateway]\nprot = 1", "Did you mean port?"),
        ("[gateway]\nport = 70000", "gateway.port cannot be used"),
        (
            '[[gateway.upstreams]]\nulr = "x"',
            "unknown key gateway.upstreams.ulr. Did you mean url?",
        ),
        ('[[gateway.upstreams]]\nname = "x"', "gateway.upstreams.url cannot be used"),
        ('[gateway]\nupstreams = "x"', "must be tables, [[gateway.upstreams]]"),
    ],
)
def test_a_wrong_setting_is_one_line(tmp_path: Path, table: str, says: str) -> None:
    (tmp_path / "doorstep.toml").write_text(table)
    code, err = failing(tmp_path)
    assert code == 2
    assert says in err and err.count("\n") == 1


def test_the_mask_path_loads_nothing_it_has_no_use_for(tmp_path: Path, cloud: str) -> None:
    """Asked of the real process: what it has mapped and imported by its first answer."""
    code = (
        "import json, os, sys, threading, time\n"
        "def tell():\n"
        "    while not os.path.exists('now'): time.sleep(0.05)\n"
        "    open('part', 'w').write(json.dumps(sorted(sys.modules)))\n"
        "    os.rename('part', 'loaded.json')\n"
        "threading.Thread(target=tell, daemon=True).start()\n"
        "sys.argv = ['doorstep', 'serve', '--port', '0', '--upstream', sys.argv[1]]\n"
        "from doorstep.cli import main; main()\n"
    )
    log = tmp_path / "serve.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", code, cloud],
            cwd=tmp_path,
            env=environment(tmp_path),
            stderr=out,
        )
    try:
        waited(lambda: LISTENS.search(log.read_text()) is not None)
        found = LISTENS.search(log.read_text())
        assert found and ask(found[1])["choices"]
        (tmp_path / "now").touch()
        waited((tmp_path / "loaded.json").exists)
        loaded = json.loads((tmp_path / "loaded.json").read_text())
    finally:
        process.terminate()
        process.wait(10)
    assert "aiohttp" in loaded
    assert not [name for name in UNUSED if name in loaded]
