"""Secrets by what stands around them: keys of assignments, headers, connection strings, prose."""

from __future__ import annotations

import re

from doorstep.boundary.detect.pattern import Pattern, Span

KIND = "secret"

# Last words of names that hold secrets ("DB_PASSWORD", "clientSecret", "x-api-key").
_KEY_NAME = (
    r"(?:pass(?:word|wd|phrase|code|wort)?|pwd|pswd|passwort|kennwort|contraseña|"
    r"mot[ _]?de[ _]?passe|"
    r"senha|wachtwoord|lösenord|adgangskode|salasana|hasło|secret(?:[_-]?key|[_-]?access[_-]?key)?|"
    r"api[_-]?key|app[_-]?key|apikey|access[_-]?key|account[_-]?key|auth[_-]?key|private[_-]?key|"
    r"signing[_-]?key|encryption[_-]?key|master[_-]?key|license[_-]?key|client[_-]?secret|"
    r"consumer[_-]?secret|shared[_-]?secret|token|access[_-]?token|auth[_-]?token|"
    r"refresh[_-]?token|bearer|credentials?|authorization|session[_-]?(?:id|key)|cookie|"
    r"connection[_-]?string|salt|pin|otp|totp|2fa|passkey|psk|wpa[23]?[ _-]?key|"
    r"wi-?fi[ _-]?key|pw|psw|passw)"
)
_SUFFIX = r"(?:_(?:base|hash|value|prod|dev|test|live|staging|old|new|main|\d{1,2}))?"
_GAP = r"[ \t]{0,4}"

# What stands in the place of a secret and is none.
_NO_VALUE = re.compile(
    r"(?i)(?:null|none|nil|undefined|true|false|string|str|text|int|integer|number|bool|boolean|"
    r"bytes|char|varchar|object|any|optional|required|hidden|masked|redacted|removed|secret|"
    r"password|passwd|passwort|token|value|example|changeme|change_me|placeholder|dummy|test|todo|"
    r"tbd|n/a|na|xxx+|\*+|\.{3,}|-+|_+|yes|no|on|off|empty|default|invalid|incorrect|wrong|expired|"
    r"reset|forgot(?:ten)?|click|here|please|field|input|self|this|env|process|os|config|settings|"
    r"request|response|args|user|username|my|your|the|a|an|is|are|was|for|to|of|and|or|not|must|"
    r"should|can|will|unknown|missing|blank|strong|weak|new|old|same|auth|oauth2?|basic|bearer|"
    r"unlimited|uint8?|bytes32|sha-?256|hs256|aes-?256|your[_-].*|my[_-].*|<.*|\{.*|\$.*|%.*|"
    r"[A-Za-z]*\[.*|\(.*|&.*|.*\(.*|\w+\.\w+(?:\.\w+)*\[.*|os\.\w+.*|process\.env.*|settings\.\w+|"
    r"config\.\w+|self\.\w+|this\.\w+|req\.\w+.*|request\.\w+.*|args\.\w+|env\.\w+|"
    r"placeholder|insert.*|enter.*|(?:[a-z]+_)*(?:password|token|secret|key)s?|"
    r"(?:[a-z]+_)*(?:password|passwd|token|secret|key|session)(?:_[a-z]+)+|"
    r"(?:your|confirm|current|new|old|type|choose)(?: your)?(?: new| old)? "
    r"(?:password|passphrase|token|api key|secret|pin|code)(?: here)?)"
)
# What code puts behind "=" or ":": an attribute, the name of a class, the path of a file.
_CODE = re.compile(
    r"[A-Za-z_]+(?:\.[A-Za-z_]+(?:_\d+)?)+|(?:~|\.{1,2})?/(?:[a-z._-]+/)*[a-z._-]+|"
    r"(?:[A-Z][A-Za-z]*)?(?:Cookie|Bearer|Token|Key|Secret|Password|Credentials)"
)
_SELDOM_WORDS = re.compile(r"(?i)(?:cookie|credentials?|bearer|authorization)\W{1,4}\Z")
_ABOUT_PASSWORDS = re.compile(
    r".*(?:ed|ing|able|ible|ly|ful|less|ous|ive|al|ern|ary|ory|ten|ert|bar|elt|ig|lich|isch|ado|ida)|"
    r"right|short|simple|secure|safe|sound|good|great|better|known|public|private|common|unique|"
    r"random|complex|plain|temporary|different|correct|fresh|there|later|below|above|there|everything|"
    r"important|sicher|falsch|richtig|correcta|incorrecta|segura|faible|forte|juste|fausse|sûr|"
    r"obsolete|stale|visible|stored|sent|written|years|weeks|hours|characters|letters"
)
_NEXT_SETTING = re.compile(r"[&,;|][A-Za-z_.-]+[=:]")
_WORDLIKE = re.compile(r"[a-z]+|[A-Z][a-z]+|[A-Z]+")


def _is_value(value: str) -> bool:
    return len(value) >= 3 and _NO_VALUE.fullmatch(value) is None


def _is_odd(value: str) -> bool:
    """A value that no sentence would hold: digits or signs within letters, or both cases."""
    return _is_value(value) and _WORDLIKE.fullmatch(value.rstrip(".!?,;")) is None


def _bare(text: str, start: int, end: int) -> Span | None:
    """An unquoted value: one plain word counts only at the end of its line."""
    following = _NEXT_SETTING.search(text, start, end)
    end = following.start() if following else end
    while end > start and text[end - 1] in ".,;:)]}\"'":
        end -= 1
    value = text[start:end]
    if not _is_value(value) or text[end : end + 1] in ("(", "[") or _CODE.fullmatch(value):
        return None
    if _WORDLIKE.fullmatch(value) and _SELDOM_WORDS.search(text[max(0, start - 20) : start]):
        return None
    if _WORDLIKE.fullmatch(value) and re.match(r"[.,;!]?[ \t]*(?:[\r\n]|\Z)", text[end:]) is None:
        return None
    return start, end


def _prose(text: str, start: int, end: int) -> Span | None:
    while end > start and text[end - 1] in ".,;:)]}\"'":
        end -= 1
    assigned = re.search(r"[=:] ?\Z", text[max(0, start - 2) : start])
    if assigned and _CODE.fullmatch(text, start, end):
        return None
    return (start, end) if _is_odd(text[start:end]) else None


def _one_word(text: str, start: int, end: int) -> Span | None:
    """A word that says something of a password ("expired", "too short") is none."""
    if re.match(r"[.!?\"']?[ \t]*(?:[\r\n]|\Z)|[.!?,;] |[\"'] ", text[end : end + 8]) is None:
        return None
    value = text[start:end].lower()
    telling = _ABOUT_PASSWORDS.fullmatch(value) or not _is_value(value)
    return None if telling else (start, end)


def _has_digit(value: str) -> bool:
    return any(map(str.isdigit, value)) and _is_value(value)


PATTERNS = (
    Pattern(
        "secret quoted",
        KIND,
        "Quoted values of names like password, api_key, token, in code, JSON, YAML, TOML",
        rf"(?i:{_KEY_NAME}{_SUFFIX})(?:\\{{0,3}}[\"'`\]]{{0,2}}{_GAP}(?::=|=>|={{1,3}}|:)|[\"'`]{_GAP},)"
        rf"{_GAP}[brfuBRFU]?\\{{0,3}}[\"'`]([^\"'`\r\n\\]{{3,400}})",
        edges=False,
        check=_is_value,
    ),
    Pattern(
        "secret assigned",
        KIND,
        "Bare values of names like DB_PASSWORD=, api-key:, in env files, headers, prose",
        rf"(?i:\b[a-z0-9_.-]{{0,40}}{_KEY_NAME}{_SUFFIX}){_GAP}(?::=|={{1,2}}|:){_GAP}"
        r"((?:[^ \t\r\n\"'`,;<>|]|[,;|][^ \t\r\n\"'`,;<>|]){3,400})",
        hint=rf"(?i:{_KEY_NAME}{_SUFFIX}){_GAP}(?::=|={{1,2}}|:)",
        edges=False,
        narrow=_bare,
    ),
    Pattern(
        "secret element",
        KIND,
        "Elements of XML with names like password",
        rf"<[A-Za-z0-9:_.-]*(?i:{_KEY_NAME})(?: [^<>]*)?>([^<>\r\n]{{3,400}})</",
        edges=False,
        check=_is_value,
    ),
    Pattern(
        "secret by name and value",
        KIND,
        "Values beside a name: Kubernetes and Terraform (name: DB_PASSWORD, value: x)",
        rf"(?i:{_KEY_NAME})[\"']?[, \t\r\n]{{0,12}}[{{]?[ \t\r\n]{{0,12}}"
        r"(?:[a-z]+ ?= ?[a-z]+[ \t\r\n]{1,8})?[\"']?(?i:value|default)[\"']?[ \t]*[:=]"
        r"[ \t]*[\"']?([^ \t\r\n\"'`<>]{3,400})",
        hint=r"(?i:value|default)[\"']?[ \t]*[:=]",
        edges=False,
        check=_is_value,
    ),
    Pattern(
        "password then value",
        KIND,
        "A password directly after the word, with letters and digits in it",
        r"(?i:\b(?:password|passwd|passwort|kennwort|pwd|mot de passe|contraseña|adgangskode) "
        r"(?:to |as )?)([^ \t\r\n\"'`]{6,120})",
        edges=False,
        narrow=_prose,
        check=lambda value: any(map(str.isdigit, value)) and any(map(str.isalpha, value)),
    ),
    Pattern(
        "password in other scripts",
        KIND,
        "Values after the word for password in Russian, Chinese, Japanese, Korean, "
        "Greek and others",
        r"(?:[Пп]арол[ья]|密码|密碼|口令|パスワード|暗証番号|비밀번호|비번|암호|[Şş]ifre(?:m|si)?|[Pp]arolă|"
        r"[Κκ]ωδικός|كلمة المرور|كلمة السر|סיסמה|पासवर्ड|รหัสผ่าน|[Mm]ật khẩu)"
        r"(?:是|为|為|は|は、|은|는| is| -)?[ \t]{0,3}[:=]?[ \t]{0,3}[\"'`]?"
        r"([!#-&(-+./0-9:<-_a-z|~-]{4,120})",
        edges=False,
        narrow=_prose,
    ),
    Pattern(
        "password of one word",
        KIND,
        "password is sunflower: a plain word at the end of its sentence that describes no password",
        r"(?i:\b(?:password|passwort|kennwort|mot de passe|contraseña|adgangskode(?:n)?|"
        r"wachtwoord|lösenordet|senha|passphrase)(?: is| was| lautet| ist| est| es|"
        r" er| è| é)(?: now)? )"
        r"([A-Za-z]{5,40})",
        narrow=_one_word,
    ),
    Pattern(
        "pin then digits",
        KIND,
        "PIN 4829, passcode 394857",
        r"\b(?:PIN|PUK|TAN|[Pp]asscode|[Pp]in code|PIN code) (\d{4,8})\b",
    ),
    Pattern(
        "phrase of words",
        KIND,
        "Recovery phrases of wallets, pass phrases (BIP 39)",
        r"(?i:\b(?:seed|recovery|mnemonic|backup|secret)(?: (?:phrase|words|seed))?(?: is)?:? ?"
        r"[\"']?)((?:[a-z]{3,8} ){11,23}[a-z]{3,8})\b",
        hint="(?i:seed|recovery|mnemonic|backup|secret)[ A-Za-z:\"']",
        check=lambda value: len(value.split()) in (12, 15, 18, 21, 24),
        context=r"seed|recovery|mnemonic|wallet|phrase",
    ),
    Pattern(
        "recovery codes",
        KIND,
        "Lists of recovery and backup codes",
        r"(?i:\b(?:recovery|backup|scratch|emergency) (?:codes?|keys?)(?: are| is)?:?[ \r\n-]{1,4})"
        r"((?:[A-Za-z0-9]{4,10}(?:-[A-Za-z0-9]{4,10})*[ ,;\r\n]{0,3}){1,20})",
        edges=False,
        check=lambda value: sum(map(str.isdigit, value)) >= 4,
    ),
    Pattern(
        "name and password",
        KIND,
        "login: name / password, credentials name:password",
        r"(?i:\b(?:login|log in|credentials?|creds|access|zugangsdaten|identifiants|account)"
        r"(?: details| data)?(?: is| are| with| as)?:? )[^ \t\r\n/:]{2,60}(?: ?/ ?|:)"
        r"([^ \t\r\n\"'`/]{5,120})",
        edges=False,
        narrow=_prose,
        check=lambda value: any(map(str.isdigit, value)) and any(map(str.isalpha, value)),
    ),
    Pattern(
        "docker environment",
        KIND,
        "ENV DB_PASSWORD x in a Dockerfile; /user:name x of net use",
        r"(?:\b(?:ENV|ARG) [A-Z0-9_]*(?:SECRET|PASSWORD|PASSWD|TOKEN|API_KEY|APIKEY)[A-Z0-9_]* "
        r"|(?i: /user:)[^ \r\n]{1,60} )([^ \t\r\n\"'`]{4,400})",
        edges=False,
        check=_is_value,
    ),
    Pattern(
        "secret in a query",
        KIND,
        "Values of token=, key=, signature= in web addresses",
        r"(?i:[?&;#](?:[a-z_.-]*(?:token|secret|password|passwd|pwd|signature|sig|credential|"
        r"api_?key|auth|code|session|jwt|x-amz-[a-z-]+|key))=)([^&\"' \t\r\n<>#]{6,})",
        edges=False,
        check=_is_value,
    ),
    Pattern(
        "password in prose",
        KIND,
        "password is x, Passwort lautet x, mot de passe est x, contraseña es x",
        r"(?i:\b(?:pass(?:word|wd|phrase|code)?|pwd|pin(?: code)?|passwort|kennwort|login code|"
        r"mot de passe|contraseña|clave|senha|wachtwoord|lösenord(?:et)?|adgangskode(?:n)?|"
        r"secret|api key|token|credentials?|wi-?fi key|access code|security answer|door code|"
        r"alarm code|gate code|safe code)"
        r"(?: for [a-z0-9 ]{1,24}?| to [a-z0-9 ]{1,24}?| of [a-z0-9 ]{1,24}?| here)?"
        r"(?: is| was|'s| lautet| ist| est| es| är| er| e| é| è| jest| este|:|"
        r"=)(?: now| currently| set to)?[ :]{1,3}"
        r"[\"'`]?)([^ \t\r\n\"'`]{3,120})",
        hint=r"(?i:pass(?:word|wd|phrase|code)?|pwd|pin|passwort|kennwort|code|passe|contraseña|"
        r"clave|senha|wachtwoord|lösenord(?:et)?|adgangskode(?:n)?|secret|key|token|credentials?|answer)"
        r"(?i: for | to | of | here| is| was|'s| lautet| ist| est| es| är| er| e| é|"
        r" è| jest| este|:|=)",
        edges=False,
        narrow=_prose,
    ),
    Pattern(
        "password quoted in prose",
        KIND,
        "password \"x\", password 'x', with and without a verb",
        r"(?i:\b(?:password|passwd|passcode|passphrase|pwd|passwort|kennwort|"
        r"mot de passe|contraseña|"
        r"adgangskode|senha|wachtwoord|lösenord)(?: [a-z]{1,12}){0,3}:? )"
        r"[\"'`]([^\"'`\r\n]{3,120})[\"'`]",
        hint=r"(?i:passw|passcode|passphrase|pwd|kennwort|mot de passe|contraseña|adgangskode|"
        r"senha|wachtwoord|lösenord)",
        edges=False,
        check=_is_value,
    ),
    Pattern(
        "login pair",
        KIND,
        "user and password in one line of a net rc file or a log",
        r"(?i:\blogin [^ \t\r\n]{1,80} +password )([^ \t\r\n]{3,120})",
        edges=False,
        check=_is_value,
    ),
    Pattern(
        "password option",
        KIND,
        "Options of commands: --password x, -u user:x, -pX after mysql, sshpass -p x",
        r"(?:(?i:--?(?:password|passwd|pass|token|secret|api-key|auth-token|access-token)[= ]"
        r"[\"']?)|\bsshpass -p ?[\"']?|\b(?:curl|wget|http)\b[^\r\n|]{0,200}? (?:-u|--user) [\"']?"
        r"[^ :\"']{1,80}:|\bmysql\b[^\r\n|]{0,120}? -p[\"']?|\bredis-cli\b[^\r\n|"
        r"]{0,120}? -a [\"']?|"
        r"\bdocker login\b[^\r\n|]{0,120}? -p [\"']?)([^ \t\r\n\"'`|]{3,200})",
        hint=r"(?i:--?(?:password|passwd|pass|token|secret|api-key|auth-token|access-token)[= ])"
        r"|sshpass|curl|wget|http|mysql|redis-cli|docker login",
        edges=False,
        check=_is_value,
    ),
    Pattern(
        "bearer",
        KIND,
        "Bearer and other tokens in authorisation headers (RFC 6750)",
        r"(?i:\b(?:bearer|token|apikey|zoho-oauthtoken|splunk|pve-?apitoken)[ =]{1,3})"
        r"([A-Za-z0-9._~+/=-]{16,})",
        edges=False,
        check=_has_digit,
    ),
    Pattern(
        "basic authorisation",
        KIND,
        "Basic authorisation headers (RFC 7617)",
        r"(?i:\bbasic )([A-Za-z0-9+/]{8,400}={0,2})",
        edges=False,
        context=r"authori[sz]ation|auth\b|header|-h\b",
        check=_is_odd,
    ),
    Pattern(
        "cookie",
        KIND,
        "Cookies in headers (RFC 6265)",
        r"(?i:\b(?:set-)?cookie[\"']?: ?[\"']?)([A-Za-z0-9_.-]+=[^\r\n\"']{6,})",
        edges=False,
    ),
    Pattern(
        "session id",
        KIND,
        "Values of session cookies: PHPSESSID, JSESSIONID, connect.sid",
        r"(?i:\b(?:phpsessid|jsessionid|asp\.net_sessionid|connect\.sid|sessionid|sid|csrftoken|"
        r"xsrf-token)=)([A-Za-z0-9%._-]{8,400})",
        edges=False,
    ),
    Pattern(
        "connection string",
        KIND,
        "Addresses with user and password: scheme://user:password@host (RFC 3986)",
        r"\b[A-Za-z][A-Za-z0-9+.-]{1,24}://[^ \t\r\n/@:\"'<>]{0,120}:[^ \t\r\n@\"'<>]{1,200}@"
        r"[^ \t\r\n\"'<>`]+",
        hint="://[^ \t\r\n/\"'<>]*@|://[^ \t\r\n@\"'<>]*:[^ \t\r\n\"'<>]*@",
        edges=False,
    ),
    Pattern(
        "connection password",
        KIND,
        "The password in scheme://user:password@host",
        r"://[^ \t\r\n/@:\"'<>]{0,120}:([^ \t\r\n@\"'<>]{1,200})@[A-Za-z0-9\[]",
        hint="://[^ \t\r\n@\"'<>]*:[^ \t\r\n\"'<>]*@",
        edges=False,
    ),
    Pattern(
        "connection settings",
        KIND,
        "Connection strings of settings: Server=…;User Id=…;Password=…",
        r"(?i:\b(?:server|data source|host|accountname|endpoint|defaultendpointsprotocol|driver|"
        r"provider|user id|uid|username|jdbc:[a-z]+:[^ \t\r\n\"';]{1,200})[ ]?[=;:]?)"
        r"[^\r\n\"'<>]{0,300}?;[ ]?(?i:password|pwd|accountkey|"
        r"sharedaccesskey)[ ]?=[^;\"' \t\r\n]{1,200}"
        r"(?:;[A-Za-z ]{1,40}=[^;\"'\r\n ]{0,80}){0,12}",
        hint=r"(?i:;[ ]?(?:password|pwd|accountkey|sharedaccesskey)[ ]?=)",
        edges=False,
    ),
    Pattern(
        "aws secret key",
        KIND,
        "AWS secret access keys: 40 characters near the words for them",
        r"\b[A-Za-z0-9/+]{40}\b",
        hint="[0-9][A-Za-z/+]|[A-Za-z/+][0-9]",
        context=r"aws|secret|amazon|s3\b",
        check=lambda value: _has_digit(value) and value != value.lower(),
    ),
    Pattern(
        "key after its issuer",
        KIND,
        "32 to 64 hexadecimal digits or a UUID after the name of a service and key or token",
        r"(?i:\b(?:datadog|dd[_-]|heroku|cloudflare|algolia|mailchimp|postmark|twilio|okta|auth0|"
        r"mixpanel|segment|amplitude|snyk|sonar|circleci|travis|bugsnag|rollbar|fastly|linode|"
        r"vultr|hetzner|ovh|scaleway|confluent|elastic|mongodb|firebase|zoho|zendesk|intercom|"
        r"hubspot|salesforce|jira|trello|asana|codecov|azure|devops|bitly|giphy|newsapi|"
        r"openweather|tmdb|etherscan|infura|alchemy|coinbase|binance|kraken)[a-z0-9 _.-]{0,20}"
        r"(?:key|token|secret|pat)[\"' ]{0,2}(?:is|=|:|:=)?[\"' ]{0,3})"
        r"([A-Za-z0-9_-]{20,90})",
        hint=r"(?i:datadog|dd[_-]|heroku|cloudflare|algolia|mailchimp|postmark|twilio|okta|auth0|"
        r"mixpanel|segment|amplitude|snyk|sonar|circleci|travis|bugsnag|rollbar|fastly|linode|"
        r"vultr|hetzner|ovh|scaleway|confluent|elastic|mongodb|firebase|zoho|zendesk|intercom|"
        r"hubspot|salesforce|jira|trello|asana|codecov|azure|devops|bitly|giphy|newsapi|"
        r"openweather|tmdb|etherscan|infura|alchemy|coinbase|binance|kraken)",
        edges=False,
        check=_has_digit,
    ),
    Pattern(
        "one-time code",
        KIND,
        "Codes after words for them: verification code, OTP, 2FA, PIN",
        r"(?i:\b(?:verification|security|confirmation|one[- ]time|login|access|auth\w*|2fa|otp|sms|"
        r"recovery|backup|unlock|puk|pin|tan)(?: (?:code|pin|password|passcode|number))?\b"
        r"(?: is| was|:| =|=)[ :#]{0,3})(\d{4,10}|"
        r"[A-Z0-9]{3,5}-[A-Z0-9]{3,5}(?:-[A-Z0-9]{3,5})*)\b",
    ),
)
