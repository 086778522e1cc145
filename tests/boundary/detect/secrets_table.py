"""Secrets of many kinds in the texts that hold them, and near misses. Data: tests and bench use it.

No value is real, and none stands here as it is: each is made, when asked for, of the prefix that
its issuer documents and of characters from a seeded generator.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Row", "near_misses", "rows", "secrets"]

_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOWER = _UPPER.lower()
_DIGITS = "0123456789"
_ALNUM = _UPPER + _LOWER + _DIGITS
_HEX = "0123456789abcdef"
_URL64 = _ALNUM + "-_"
_BASE64 = _ALNUM + "+/"


@dataclass(frozen=True, slots=True)
class Row:
    """`text[start:end]` is a secret of this kind; `end` is None where nothing in `text` is one."""

    kind: str
    text: str
    start: int
    end: int | None


def rows() -> list[Row]:
    """Secrets, then near misses."""
    return [*secrets(), *near_misses()]


def secrets() -> list[Row]:
    """Every kind in each of the texts that fit it."""
    return [*_in_frames(_with_a_form(), _FRAMES), *_in_frames(_without_a_form(), _NAMED), *_whole()]


# Texts that say nothing about the value; a form has to be known to be found in them.
_FRAMES = (
    "Can you check why {} does not work any more?",
    "export X={}\nmake deploy",
    '{{"value": "{}", "retries": 3}}',
    "client = Client('{}')  # from the console",
    "2026-11-20 10:14:02 WARN rejected {} from upstream",
    "I pasted it by mistake: {}",
)

# Texts that name what they hold.
_NAMED = (
    "DB_PASSWORD={}",
    "password: {}",
    '{{"api_key": "{}"}}',
    "auth_token = '{}'",
    "My password is {} and I cannot log in.",
    "spring.datasource.password={}",
    'const clientSecret = "{}";',
    "The wifi password is {}.",
    "  admin_password: {}\n  port: 5432",
    "mysql -u root -p{} shop",
    "os.environ['SECRET_KEY'] = '{}'",
    "Das Passwort lautet {}",
    "mot de passe : {}",
    "la contraseña es {}",
    "adgangskode: {}",
    "X-Api-Key: {}",
    "https://api.example/v1/items?access_token={}&page=2",
)


def _in_frames(values: Iterator[tuple[str, str]], frames: tuple[str, ...]) -> Iterator[Row]:
    for kind, value in values:
        for frame in frames:
            before, after = frame.format("\0").split("\0")
            yield Row(kind, before + value + after, len(before), len(before) + len(value))


def _maker(seed: str) -> random.Random:
    return random.Random(f"doorstep {seed}")


def _some(maker: random.Random, alphabet: str, length: int) -> str:
    """Random characters, with a letter and a digit among them where the alphabet has both."""
    while True:
        value = "".join(maker.choice(alphabet) for _ in range(length))
        if length < 8 or alphabet.isalpha() or any(char in _DIGITS for char in value):
            return value


# Kind, then pieces: a text as it is, or an alphabet and a length.
_FORMS: tuple[tuple[str, tuple[str | tuple[str, int], ...]], ...] = (
    ("aws key id", ("AK", "IA", (_UPPER + "234567", 16))),
    ("aws temporary key id", ("AS", "IA", (_UPPER + "234567", 16))),
    ("aws session token", ("IQoJ", "b3JpZ2lu", (_BASE64, 180))),
    ("google api key", ("AI", "za", (_URL64, 35))),
    ("google oauth secret", ("GOC", "SPX-", (_URL64, 28))),
    ("google access token", ("ya", "29.", (_URL64, 60))),
    ("google refresh token", ("1/", "/0", (_URL64, 40))),
    ("azure storage key", ((_BASE64, 86), "==")),
    ("azure client secret", ((_ALNUM, 3), "8Q", "~", (_URL64, 34))),
    ("digitalocean token", ("dop", "_v1_", (_HEX, 64))),
    ("github token", ("gh", "p_", (_ALNUM, 36))),
    ("github app token", ("gh", "s_", (_ALNUM, 36))),
    ("github fine-grained token", ("github", "_pat_", (_ALNUM, 22), "_", (_ALNUM, 59))),
    ("gitlab token", ("gl", "pat-", (_URL64, 20))),
    ("gitlab runner token", ("gl", "rt-", (_URL64, 20))),
    ("bitbucket app password", ("AT", "BB", (_ALNUM, 32))),
    ("atlassian token", ("AT", "ATT3", (_URL64, 180), "=", (_HEX.upper(), 8))),
    ("slack bot token", ("xo", "xb-", (_DIGITS, 12), "-", (_DIGITS, 12), "-", (_ALNUM, 24))),
    ("slack user token", ("xo", "xp-", (_DIGITS, 12), "-", (_DIGITS, 12), "-", (_HEX, 32))),
    ("slack app token", ("xa", "pp-1-A", (_UPPER, 9), "-", (_DIGITS, 12), "-", (_HEX, 64))),
    (
        "slack webhook",
        (
            "https://hooks.",
            "slack.com/services/T",
            (_UPPER, 8),
            "/B",
            (_UPPER, 8),
            "/",
            (_ALNUM, 24),
        ),
    ),
    (
        "discord webhook",
        ("https://discord.", "com/api/webhooks/", (_DIGITS, 18), "/", (_URL64, 68)),
    ),
    ("discord token", ("M", (_ALNUM, 23), ".", (_ALNUM, 6), ".", (_URL64, 38))),
    ("telegram token", ("7", (_DIGITS, 9), ":A", "A", (_URL64, 33))),
    ("stripe secret key", ("sk", "_live_", (_ALNUM, 24))),
    ("stripe restricted key", ("rk", "_live_", (_ALNUM, 24))),
    ("stripe webhook secret", ("wh", "sec_", (_ALNUM, 32))),
    ("square token", ("sq0", "atp-", (_URL64, 22))),
    ("shopify token", ("shp", "at_", (_HEX, 32))),
    ("braintree token", ("access_", "token$production$", (_LOWER + _DIGITS, 16), "$", (_HEX, 32))),
    ("openai key", ("sk", "-proj-", (_URL64, 64))),
    ("openai older key", ("sk", "-", (_ALNUM, 20), "T3Bl", "bkFJ", (_ALNUM, 20))),
    ("anthropic key", ("sk", "-ant-", "api03-", (_URL64, 93), "AA")),
    ("openrouter key", ("sk", "-or-v1-", (_HEX, 64))),
    ("hugging face token", ("h", "f_", (_UPPER + _LOWER, 34))),
    ("groq key", ("gs", "k_", (_ALNUM, 52))),
    ("xai key", ("xa", "i-", (_ALNUM, 80))),
    ("perplexity key", ("pp", "lx-", (_ALNUM, 48))),
    ("replicate token", ("r", "8_", (_ALNUM, 37))),
    ("databricks token", ("da", "pi", (_HEX, 32))),
    ("langsmith key", ("lsv2", "_pt_", (_HEX, 32), "_", (_HEX, 10))),
    ("npm token", ("np", "m_", (_ALNUM, 36))),
    ("pypi token", ("py", "pi-", "AgEIcHlwaS5vcmc", (_URL64, 120))),
    ("rubygems key", ("ruby", "gems_", (_HEX, 48))),
    ("docker token", ("dckr", "_pat_", (_URL64, 27))),
    ("twilio key id", ("S", "K", (_HEX, 32))),
    ("sendgrid key", ("S", "G.", (_URL64, 22), ".", (_URL64, 43))),
    ("mailgun key", ("ke", "y-", (_HEX, 32))),
    ("mailchimp key", ((_HEX, 32), "-us", "12")),
    ("brevo key", ("xkey", "sib-", (_HEX, 64), "-", (_ALNUM, 16))),
    ("dropbox token", ("s", "l.", (_URL64, 130))),
    ("heroku key", ("HR", "KU-", (_ALNUM, 60))),
    ("netlify token", ("nf", "p_", (_ALNUM, 36))),
    ("supabase token", ("sb", "p_", (_HEX, 40))),
    ("planetscale token", ("pscale", "_tkn_", (_ALNUM, 43))),
    ("doppler token", ("dp.", "pt.", (_ALNUM, 43))),
    ("linear key", ("lin", "_api_", (_ALNUM, 40))),
    ("notion token", ("nt", "n_", (_ALNUM, 46))),
    ("figma token", ("fi", "gd_", (_URL64, 40))),
    ("airtable token", ("pa", "t", (_ALNUM, 14), ".", (_HEX, 64))),
    ("postman key", ("PM", "AK-", (_HEX, 24), "-", (_HEX, 34))),
    ("new relic key", ("NR", "AK-", (_UPPER + _DIGITS, 27))),
    ("grafana token", ("gl", "sa_", (_ALNUM, 32), "_", (_HEX, 8))),
    ("sentry token", ("sn", "tryu_", (_HEX, 64))),
    ("vault token", ("hv", "s.", (_ALNUM, 24))),
    ("terraform token", ((_ALNUM, 14), ".atlas", "v1.", (_ALNUM, 67))),
    ("pulumi token", ("pu", "l-", (_HEX, 40))),
    ("tailscale key", ("ts", "key-auth-", (_ALNUM, 12), "CNTRL-", (_ALNUM, 32))),
    ("facebook token", ("EA", "AB", (_ALNUM, 120))),
    ("age key", ("AGE-SECRET", "-KEY-1", (_UPPER, 58))),
    ("contentful token", ("CFP", "AT-", (_URL64, 43))),
    ("unknown base64 key", ((_BASE64, 44),)),
    ("unknown hexadecimal key", ((_HEX, 64),)),
    ("unknown mixed key", ((_ALNUM, 32),)),
)


def _with_a_form() -> Iterator[tuple[str, str]]:
    for kind, pieces in _FORMS:
        maker = _maker(kind)
        made = (p if isinstance(p, str) else _some(maker, *p) for p in pieces)
        yield kind, "".join(made)
    yield "jwt", ".".join((_encoded({"alg": "HS256"}), _encoded({"sub": "nobody"}), "x" * 43))


def _encoded(value: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _without_a_form() -> Iterator[tuple[str, str]]:
    yield "chosen password", "Tr0ub4dor" + "&3"
    yield "chosen password, letters and digits", "sunshine" + "1987"
    yield "generated password", "vK9" + "#qL2!xZ"
    yield "pass phrase", "correct-horse" + "-battery-9"


def _whole() -> Iterator[Row]:
    """Secrets that come with their surroundings."""
    maker = _maker("whole")
    body = "\n".join(_some(maker, _BASE64, 64) for _ in range(6))
    word = "s3cr" + "et-Pw9"
    for name in ("RSA PRIVATE", "PRIVATE", "EC PRIVATE", "OPENSSH PRIVATE"):
        block = f"-----BEGIN {name} KEY-----\n{body}\n-----END {name} KEY-----"
        yield _row("pem block", "here is the key:\n", block, "\nthanks")
        one_line = block.replace("\n", "\\n")
        yield _row("pem block in json", '{"private_key": "', one_line, '\\n"}')
    yield _row("pem block cut short", "", f"-----BEGIN RSA PRIVATE KEY-----\n{body}", "")
    name = "PGP PRIVATE KEY BLOCK"
    pgp = f"-----BEGIN {name}-----\n\n{body}\n=aB3d\n-----END {name}-----"
    yield _row("pgp block", "see ", pgp, "")
    ssh = "ssh-rsa AAAAB3NzaC1yc2E" + _some(maker, _BASE64, 300)
    yield _row("ssh public key", "add ", ssh, " me@laptop to the host")
    for scheme in ("postgres", "postgresql+psycopg", "mysql", "mongodb+srv", "amqp", "redis"):
        whole = f"{scheme}://shop:{word}@db.shop.example/main"
        yield _row("connection string", "it connects to ", whole, " at night")
        yield _row(
            "password in a connection string",
            f"URL={scheme}://shop:",
            word,
            "@db.shop.example:5432/main",
        )
    yield _row("redis password", "redis://:", word, "@10.0.0.5:6379/0")
    yield _row("basic auth in a url", "curl https://anna:", word, "@git.example.org/x.git")
    yield _row("settings string", "", f"Server=db1;Database=shop;User Id=sa;Password={word}", ";")
    yield _row("password in a settings string", "Server=db1;User Id=sa;Password=", word, ";TLS=1")
    key = _some(maker, _BASE64, 86) + "=="
    yield _row("azure account key", "AccountName=shop;AccountKey=", key, ";EndpointSuffix=x")
    sig = _some(maker, _ALNUM, 40) + "%3D"
    yield _row("azure signature", "https://shop.blob.example/c?sv=2024-11-04&sig=", sig, "&se=2027")
    secret = _some(maker, _BASE64, 40)
    yield _row("aws secret key", "aws_secret_access_key = ", secret, "\nregion = eu-central-1")
    yield _row("aws secret key in prose", "my AWS secret is ", secret, ", is that still valid?")
    yield _row("datadog key", "DD_API_KEY=", _some(maker, _HEX, 32), "")
    yield _row("cloudflare key", "cloudflare global api key: ", _some(maker, _HEX, 37), "")
    yield _row("heroku uuid key", "HEROKU_API_KEY=", _uuid(maker), "")
    token = _some(maker, _ALNUM, 40)
    yield _row("bearer header", 'curl -H "Authorization: Bearer ', token, '" https://api.example')
    yield _row("token header", "Authorization: token ", token, "")
    basic = base64.b64encode(f"anna:{word}".encode()).decode()
    yield _row("basic header", "Authorization: Basic ", basic, "")
    yield _row("session cookie", "Cookie: PHPSESSID=", _some(maker, _LOWER + _DIGITS, 26), "; a=b")
    yield _row("csrf cookie", "Set-Cookie: csrftoken=", _some(maker, _ALNUM, 32), "; Path=/")
    yield _row("curl user", "curl -u anna:", word, " https://api.example/me")
    yield _row("command option", "deploy --password ", word, " --host x")
    yield _row("command option with =", "tool --token=", token, " run")
    yield _row("sshpass", "sshpass -p '", word, "' ssh anna@host")
    yield _row("net rc", "machine api.example login anna password ", word, "")
    yield _row("yaml list", "users:\n  - name: anna\n    pass: ", word, "\n")
    yield _row("xml", "<password>", word, "</password>")
    yield _row("php", "define('DB_PASSWORD', '", word, "');")
    yield _row("python dict", "{'user': 'anna', 'password': '", word, "'}")
    yield _row("escaped json", '"{\\"password\\": \\"', word, '\\"}"')
    yield _row("docker env", "docker run -e POSTGRES_PASSWORD=", word, " postgres")
    yield _row("terraform", 'variable "db_password" { default = "', word, '" }')
    yield _row("pin", "My PIN is ", "4829", ", please keep it")
    yield _row("one-time code", "Your verification code is ", "739204", ".")
    yield _row("quoted pass phrase", 'use the passphrase "', "blue kettle on the roof", '" for it')
    yield _row("password with a dot", "password=", "server" + ".key1!", "")
    yield _row("password that begins like a class", "secret = ", "Secret" + "Token99x", "")
    yield _row("word for a password", "DB_PASSWORD=", "sun" + "flower", "\n")
    yield _row("wifi key", "SSID: home, WPA2 key: ", word, "")
    yield _row("user and password", "log in with anna / password ", word, "")


def _uuid(maker: random.Random) -> str:
    return "-".join(_some(maker, _HEX, length) for length in (8, 4, 4, 4, 12))


def _row(kind: str, before: str, value: str, after: str) -> Row:
    return Row(kind, before + value + after, len(before), len(before) + len(value))


def near_misses() -> list[Row]:
    """Texts without a secret, each with what a careless rule would take for one."""
    maker = _maker("near")
    commit = _some(maker, _HEX, 40)
    image = base64.b64encode(bytes(range(120))).decode()
    texts = (
        ("commit", f"git revert {commit}"),
        ("commit", f"fixed in commit {commit}, thanks"),
        ("digest", f"sha256: {_some(maker, _HEX, 64)}"),
        ("digest", f"md5 checksum {_some(maker, _HEX, 32)}"),
        ("uuid", f"the row {_uuid(maker)} is gone"),
        ("image", f'<img src="data:image/png;base64,{image}">'),
        ("integrity", f'"integrity": "sha512-{_some(maker, _BASE64, 64)}"'),
        ("long word", "pneumonoultramicroscopicsilicovolcanoconiosis is a long word"),
        ("long word", "Donaudampfschifffahrtsgesellschaftskapitän"),
        ("code name", "AbstractSingletonProxyFactoryBeanConfigurationProvider2"),
        ("code name", "test_returns_404_when_user_is_missing_and_cache_is_empty"),
        ("path", "src/main/java/shop/order/OrderServiceImplementation2Test"),
        ("type", "password: str"),
        ("type", "token: string;"),
        ("type", "api_key: Optional[str] = None"),
        ("empty", 'password = ""'),
        ("none", "token = None"),
        ("variable", "password: ${DB_PASSWORD}"),
        ("variable", "api_key = os.environ['API_KEY']"),
        ("variable", 'token = os.getenv("TOKEN")'),
        ("variable", "password = config.password"),
        ("variable", "Authorization: Bearer ${TOKEN}"),
        ("variable", "Authorization: Bearer <token>"),
        ("template", "password: {{ vault_password }}"),
        ("attribute", "client = Client(api_key=server.key)"),
        ("attribute", "api_key=server.key"),
        ("attribute", "password = user.password"),
        ("attribute", "secret: config.secret.value"),
        ("attribute", "pin = GPIO.PIN_17"),
        ("attribute", "apiKey: import.meta.env.VITE_KEY"),
        ("attribute", "if password==other.password:"),
        ("variable", "login(password=password_hash)"),
        ("class", "bearer: HTTPBearer"),
        ("class", "cookie = SimpleCookie"),
        ("class", "credentials = service_account.Credentials"),
        ("call", "password = get_password()"),
        ("call", "token = await fetch_token(user)"),
        ("file", "private_key: ~/.ssh/id_rsa"),
        ("file", "private_key=/etc/ssl/private/server.pem"),
        ("file", "PWD=/srv/app"),
        ("setting", "credentials: include"),
        ("setting", "cookie: session"),
        ("label", "password: 'Your password',"),
        ("mask", "password: ********"),
        ("mask", "api_key=xxxxxxxxxxxxxxxx"),
        ("mask", "key: sk-..."),
        ("advice", "Your password must be at least 12 characters long."),
        ("advice", "The password is required."),
        ("advice", "The token is invalid or has expired."),
        ("advice", "Forgot your password? Click here."),
        ("advice", "my password is incorrect, what now?"),
        ("advice", "A secret is something that you tell nobody."),
        ("prose", "The key to success is patience."),
        ("prose", "The bearer of this letter is a friend."),
        ("prose", "It is the basic understanding of authorisation that counts."),
        ("prose", "She passed the exam: excellent work."),
        ("prose", "the pin is broken and the lamp does not turn on"),
        ("call", "token = tokenizer.next_token(stream)"),
        ("call", "password = getpass('Password: ')"),
        ("call", "secret = generate_secret(length=32)"),
        ("number", "The salt content is 3.5 per cent."),
        ("number", "tokens: 4096"),
        ("number", "max_tokens=1024, temperature=0.7"),
        ("chemistry", "C6H12O6 + 6 O2 -> 6 CO2 + 6 H2O"),
        ("dna", "ATGCGTACGTTAGCATCGATCGATCGGATCTAGC"),
        ("prefix", "sk-learn is short for scikit-learn"),
        ("prefix", "the key-value store and the sk-based tests"),
        ("prefix", "AKIA is the prefix of keys"),
        ("prefix", "a JWT begins with eyJ"),
        ("isbn", "ISBN 978-3-16-148410-0"),
        ("version", "v2.14.0-rc.3+build.20261120"),
        ("host", "ec2-203-0-113-25.eu-west-1.compute.example"),
        ("alphabet", "ALPHABET = '" + _ALNUM + "'"),
        ("octal", "os.open(path, flags, 0o600)"),
        ("lorem", "Loremipsumdolorsitametconsecteturadipiscingelit"),
        ("url", "https://docs.example/reference/authentication/api-keys-and-tokens-overview"),
    )
    return [Row(f"near miss: {kind}", text, 0, None) for kind, text in texts]
