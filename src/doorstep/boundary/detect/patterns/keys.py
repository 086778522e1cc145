"""Keys and tokens whose issuers gave them a form of their own, so that scanners can find them.

One row a form: name, who issues it, source. The forms are those that the issuers document. A value
is at least as long as the row says; how it goes on is left open where the issuer leaves it open.
"""

from __future__ import annotations

from doorstep.boundary.detect.pattern import Pattern

KIND = "secret"

_HEX = "[0-9a-f]"
_W = "[A-Za-z0-9]"
_B = "[A-Za-z0-9_-]"
_UUID = rf"{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}"

_ISSUED: tuple[tuple[str, str, str], ...] = (
    (
        "aws key id",
        "AWS access key ids (IAM unique ids)",
        r"\b(?:A3T[A-Z0-9]|ABIA|ACCA|AGPA|AIDA|AIPA|AKIA|ANPA|ANVA|AROA|ASCA|ASIA)[A-Z0-9]{16}\b",
    ),
    (
        "aws session token",
        "AWS session tokens",
        r"\b(?:FwoGZX|IQoJb3JpZ2lu|FQoGZX)[A-Za-z0-9/+=]{60,}",
    ),
    ("aws bedrock key", "Amazon Bedrock keys", r"\bABSK[A-Za-z0-9+/]{60,}={0,2}"),
    ("google api key", "Google API keys", rf"\bAIza{_B}{{35}}"),
    ("google oauth secret", "Google OAuth client secrets", rf"\bGOCSPX-{_B}{{20,}}"),
    ("google access token", "Google OAuth access tokens", r"\bya29\.[A-Za-z0-9_.-]{20,}"),
    ("google refresh token", "Google OAuth refresh tokens", rf"\b1//0{_B}{{30,}}"),
    (
        "google client id",
        "Google OAuth client ids",
        rf"\b\d{{6,}}-{_W}{{16,}}\.apps\.googleusercontent\.com",
    ),
    ("azure storage key", "Azure storage account keys", r"\b[A-Za-z0-9+/]{86}=="),
    (
        "azure client secret",
        "Microsoft Entra client secrets",
        r"\b[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}",
    ),
    (
        "azure signature",
        "Signatures of Azure shared access",
        r"\bsig=[A-Za-z0-9%/+]{30,}(?:%3[Dd]|=)?",
    ),
    ("azure shared key", "Azure shared access keys", r"\bSharedAccessKey=[A-Za-z0-9+/]{20,}={0,2}"),
    ("digitalocean token", "DigitalOcean tokens", rf"\bdo[opr]_v1_{_HEX}{{64}}\b"),
    ("github token", "GitHub tokens", rf"\bgh[pousr]_{_W}{{30,}}"),
    ("github fine token", "GitHub fine-grained tokens", r"\bgithub_pat_[A-Za-z0-9_]{40,}"),
    (
        "gitlab token",
        "GitLab tokens",
        r"\b(?:glpat|gldt|glrt|glcbt|glptt|glft|glsoat|glagent|gloas|glimt|glffct)-[A-Za-z0-9_.-]{20,}",
    ),
    ("bitbucket token", "Bitbucket app passwords", rf"\bATBB{_W}{{28,}}"),
    ("atlassian token", "Atlassian API tokens", r"\bAT[AC]TT3[A-Za-z0-9_=-]{50,}"),
    ("slack token", "Slack tokens", r"\bxox[abceoprs]-[A-Za-z0-9-]{10,}"),
    ("slack app token", "Slack app tokens", r"\bxapp-\d-[A-Za-z0-9-]{20,}"),
    (
        "slack webhook",
        "Slack incoming webhooks",
        r"(?:https://)?hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{20,}",
    ),
    (
        "discord webhook",
        "Discord webhooks",
        r"(?:https://)?discord(?:app)?\.com/api/webhooks/\d{10,}/[A-Za-z0-9_-]{40,}",
    ),
    ("discord token", "Discord bot tokens", rf"\b[MNO]{_B}{{23,28}}\.{_B}{{6}}\.{_B}{{27,40}}"),
    (
        "teams webhook",
        "Microsoft Teams webhooks",
        r"(?:https://[a-z0-9-]+\.)?webhook\.office\.com/webhookb2/[A-Za-z0-9@/-]{30,}",
    ),
    ("telegram token", "Telegram bot tokens", rf"\b\d{{8,10}}:A[A-Za-z]{_B}{{32,33}}"),
    ("stripe key", "Stripe keys", rf"\b(?:sk|rk|pk)_(?:live|test)_{_W}{{10,}}"),
    ("stripe webhook secret", "Stripe and Svix webhook secrets", r"\bwhsec_[A-Za-z0-9+/=]{24,}"),
    ("square token", "Square tokens", rf"\bsq0(?:atp|csp|idp|acp)-{_B}{{22,}}"),
    ("square access token", "Square access tokens", rf"\bEAAA[A-Za-z0-9]{_B}{{58,}}"),
    (
        "braintree token",
        "Braintree access tokens",
        rf"\baccess_token\$(?:production|sandbox)\$[0-9a-z]{{16}}\${_HEX}{{32}}",
    ),
    ("razorpay key", "Razorpay keys", rf"\brzp_(?:live|test)_{_W}{{14}}"),
    ("shopify token", "Shopify tokens", r"\bshp(?:at|ca|pa|ss|ua)_[0-9A-Fa-f]{32}\b"),
    (
        "openai key",
        "OpenAI keys and others of the same form",
        rf"\bsk-(?:(?:proj|svcacct|admin|None|live|test)-)?{_B}{{20,}}",
    ),
    ("anthropic key", "Anthropic keys", rf"\bsk-ant-[a-z0-9]{{2,10}}-{_B}{{20,}}"),
    ("openrouter key", "OpenRouter keys", rf"\bsk-or-v1-{_HEX}{{32,}}"),
    ("hugging face token", "Hugging Face tokens", rf"\b(?:hf_|api_org_){_W}{{30,}}"),
    ("groq key", "Groq keys", rf"\bgsk_{_W}{{40,}}"),
    ("xai key", "xAI keys", rf"\bxai-{_W}{{40,}}"),
    ("perplexity key", "Perplexity keys", rf"\bpplx-{_W}{{40,}}"),
    ("replicate token", "Replicate tokens", rf"\br8_{_W}{{30,}}"),
    ("nvidia key", "NVIDIA keys", rf"\bnvapi-{_B}{{40,}}"),
    ("langsmith key", "LangSmith keys", rf"\blsv2_(?:pt|sk)_{_HEX}{{32}}_{_HEX}{{10}}\b"),
    ("pinecone key", "Pinecone keys", r"\bpcsk_[A-Za-z0-9_]{40,}"),
    ("tavily key", "Tavily keys", rf"\btvly-{_B}{{20,}}"),
    ("wandb key", "Weights & Biases keys", r"\bwandb_v1_[A-Za-z0-9_]{40,}"),
    ("databricks token", "Databricks tokens", rf"\bdapi{_HEX}{{32}}(?:-\d)?\b"),
    ("npm token", "npm tokens", rf"\bnpm_{_W}{{36}}"),
    ("pypi token", "PyPI tokens", rf"\bpypi-{_B}{{40,}}"),
    ("rubygems key", "RubyGems keys", rf"\brubygems_{_HEX}{{48}}\b"),
    ("crates token", "crates.io tokens", rf"\bcio{_W}{{32}}\b"),
    ("nuget key", "NuGet keys", r"\boy2[a-z0-9]{43}\b"),
    ("docker token", "Docker Hub tokens", rf"\bdckr_(?:pat|oat)_{_B}{{27,}}"),
    ("clojars token", "Clojars tokens", rf"\bCLOJARS_{_W}{{60}}"),
    ("twilio id", "Twilio account and key ids", rf"\b(?:AC|SK){_HEX}{{32}}\b"),
    ("sendgrid key", "SendGrid keys", rf"\bSG\.{_B}{{16,}}\.{_B}{{30,}}"),
    ("mailgun key", "Mailgun keys", rf"\bkey-{_HEX}{{32}}\b"),
    ("mailchimp key", "Mailchimp keys", rf"\b{_HEX}{{32}}-us\d{{1,2}}\b"),
    ("brevo key", "Brevo keys", rf"\bx(?:key|smtp)sib-{_HEX}{{64}}-{_W}{{16}}"),
    ("resend key", "Resend keys", rf"\bre_{_W}{{6,}}_{_W}{{16,}}"),
    ("dropbox token", "Dropbox short-lived tokens", r"\bsl\.(?:u\.)?[A-Za-z0-9_=-]{60,}"),
    ("heroku key", "Heroku keys", rf"\bHRKU-{_B}{{30,}}"),
    ("netlify token", "Netlify tokens", rf"\bnf[pcoub]_{_W}{{36}}"),
    ("vercel token", "Vercel tokens", rf"\bvc[pkiar]_{_W}{{24,}}"),
    ("supabase key", "Supabase keys", rf"\bsb(?:p_{_HEX}{{40}}|_secret_{_B}{{20,}})"),
    ("planetscale token", "PlanetScale tokens", r"\bpscale_(?:tkn|oauth|pw)_[A-Za-z0-9_.=-]{32,}"),
    ("neon key", "Neon keys", r"\bnapi_[a-z0-9]{40,}"),
    ("doppler token", "Doppler tokens", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,}"),
    ("linear key", "Linear keys", rf"\blin_(?:api|oauth)_{_W}{{32,}}"),
    ("notion token", "Notion tokens", rf"\b(?:ntn_|secret_){_W}{{40,}}"),
    ("figma token", "Figma tokens", rf"\bfigd_{_B}{{38,}}"),
    ("airtable token", "Airtable tokens", rf"\bpat{_W}{{14}}\.{_HEX}{{64}}\b"),
    ("postman key", "Postman keys", rf"\bPMAK-{_HEX}{{24}}-{_HEX}{{34}}\b"),
    ("new relic key", "New Relic keys", r"\bNRAK-[A-Z0-9]{27}\b|\bNRJS-[a-f0-9]{19}\b"),
    (
        "grafana token",
        "Grafana tokens",
        rf"\bgl(?:sa_{_W}{{32}}_[0-9a-fA-F]{{8}}|c_[A-Za-z0-9+/=]{{32,}})",
    ),
    ("sentry token", "Sentry tokens", r"\bsntry[su]_[A-Za-z0-9+/=_]{40,}"),
    (
        "sentry address",
        "Sentry addresses with their key",
        rf"\bhttps?://{_HEX}{{32}}(?::{_HEX}{{32}})?@[a-z0-9.]+/\d+",
    ),
    ("datadog key", "Datadog keys of the newer form", r"\bdd(?:p|a|w)_[A-Za-z0-9]{32,}"),
    ("vault token", "HashiCorp Vault tokens", rf"\bhv[sbr]\.{_B}{{24,}}|\bs\.{_W}{{24}}\b"),
    ("terraform token", "Terraform Cloud tokens", rf"\b{_W}{{14}}\.atlasv1\.{_B}{{40,}}"),
    ("pulumi token", "Pulumi tokens", rf"\bpul-{_HEX}{{40}}\b"),
    ("tailscale key", "Tailscale keys", rf"\btskey-[a-z]+-{_B}{{16,}}"),
    ("cloudflare key", "Cloudflare origin keys", rf"\bv1\.0-{_HEX}{{24}}-{_HEX}{{146}}\b"),
    ("fly token", "Fly.io tokens", r"\bFlyV1 fm\d[a-z]?_[A-Za-z0-9+/=,_]{40,}"),
    ("flyio short token", "Fly.io tokens without their prefix", r"\bfo1_[A-Za-z0-9_-]{40,}"),
    ("facebook token", "Facebook tokens", r"\bEAA[A-Z][A-Za-z0-9]{60,}"),
    ("twitter bearer", "Twitter bearer tokens", r"\bA{20,}[A-Za-z0-9%]{30,}"),
    ("contentful token", "Contentful tokens", rf"\bCFPAT-{_B}{{43}}"),
    ("dynatrace token", "Dynatrace tokens", r"\bdt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}\b"),
    ("easypost key", "EasyPost keys", rf"\bEZ[AT]K{_W}{{54}}\b"),
    ("mapbox token", "Mapbox tokens", rf"\b[ps]k\.eyJ{_B}{{20,}}\.{_B}{{20,}}"),
    (
        "launchdarkly key",
        "LaunchDarkly keys",
        rf"\b(?:sdk|mob|api)-{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}\b",
    ),
    ("prefect key", "Prefect keys", r"\bpn[ub]_[A-Za-z0-9]{36}\b"),
    ("readme key", "ReadMe keys", r"\brdme_[a-z0-9]{70}\b"),
    ("sonar token", "SonarQube tokens", rf"\bsq[pau]_{_HEX}{{40}}\b"),
    ("typeform token", "Typeform tokens", rf"\btfp_{_B}{{40,}}"),
    ("buildkite token", "Buildkite tokens", rf"\bbkua_{_HEX}{{40}}\b"),
    ("circleci token", "CircleCI tokens", rf"\bCCI(?:PAT|PRJ)_{_W}{{20,}}_{_HEX}{{40}}"),
    ("alibaba key id", "Alibaba Cloud key ids", rf"\bLTAI{_W}{{12,20}}\b"),
    ("tencent key id", "Tencent Cloud key ids", rf"\bAKID{_W}{{32}}\b"),
    ("artifactory key", "Artifactory keys", rf"\bAKCp{_W}{{60,}}"),
    ("yandex key", "Yandex Cloud keys", rf"\bAQVN{_B}{{36,}}"),
    ("hubspot token", "HubSpot tokens", rf"\bpat-[a-z]{{2}}\d-{_UUID}"),
    (
        "plaid token",
        "Plaid tokens",
        rf"\b(?:access|link)-(?:sandbox|development|production)-{_UUID}",
    ),
    ("shippo token", "Shippo tokens", rf"\bshippo_(?:live|test)_{_HEX}{{40}}\b"),
    ("flutterwave key", "Flutterwave keys", r"\bFLW(?:PUB|SEC)K(?:_TEST)?-[A-Za-z0-9]{12,}(?:-X)?"),
    ("openshift token", "OpenShift tokens", rf"\bsha256~{_B}{{43}}"),
    (
        "sourcegraph token",
        "Sourcegraph tokens",
        rf"\bsgp_(?:[a-zA-Z0-9]{{16}}_|local_)?{_HEX}{{40}}\b",
    ),
    ("wakatime key", "WakaTime keys", rf"\bwaka_{_UUID}"),
    ("infracost key", "Infracost keys", rf"\bico-{_W}{{32}}\b"),
    ("lob key", "Lob keys", rf"\b(?:live|test)_(?:pub_)?{_HEX}{{35}}\b"),
    ("okta token", "Okta tokens", rf"\b00{_B}{{40}}\b"),
    ("adobe secret", "Adobe client secrets", rf"\bp8e-{_W}{{32}}\b"),
    ("frameio token", "Frame.io tokens", rf"\bfio-u-{_B}{{64}}"),
    ("zapier webhook", "Zapier webhooks", r"hooks\.zapier\.com/hooks/catch/[A-Za-z0-9/]{8,}"),
    (
        "ifttt webhook",
        "IFTTT webhooks",
        r"maker\.ifttt\.com/trigger/[^/ ]{1,80}/with/key/[A-Za-z0-9_-]{10,}",
    ),
    ("home assistant webhook", "Webhooks of Home Assistant", rf"/api/webhook/{_B}{{16,}}"),
    ("bitcoin private key", "Bitcoin private keys (WIF)", r"\b[5KL][1-9A-HJ-NP-Za-km-z]{50,51}\b"),
    (
        "extended private key",
        "Extended private keys (BIP 32)",
        r"\b[xyz]prv[1-9A-HJ-NP-Za-km-z]{100,112}\b",
    ),
    ("jwt", "JSON web tokens (RFC 7519)", rf"\beyJ{_B}{{8,}}\.eyJ{_B}{{8,}}(?:\.{_B}*)?"),
    ("age key", "age secret keys", r"\bAGE-SECRET-KEY-1[A-Z0-9]{50,}"),
    (
        "1password token",
        "1Password tokens",
        r"\bops_eyJ[A-Za-z0-9+/]{100,}={0,2}|\bA3-[A-Z0-9]{6}-(?:[A-Z0-9]{5,6}-){3,4}[A-Z0-9]{5}\b",
    ),
    (
        "ssh public key",
        "SSH public keys",
        r"\b(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d{3}) AAAA[A-Za-z0-9+/]{20,}={0,3}",
    ),
)

# What is short and telling in forms that begin with characters of any kind.
_HINTS = {
    "azure client secret": r"\dQ~",
    "azure storage key": "==",
    "mailchimp key": r"-us\d",
    "terraform token": r"\.atlasv1\.",
}

# A block runs to its end line, or, cut short, as far as its alphabet goes.
_BLOCK = r"-----BEGIN [A-Z0-9 ]*(?:KEY|MESSAGE|CERTIFICATE)(?: BLOCK)?-----"
_BLOCK_END = r"-----END [A-Z0-9 ]*(?:KEY|MESSAGE|CERTIFICATE)(?: BLOCK)?-----"

PATTERNS = (
    *(
        Pattern(name, KIND, about, source, hint=_HINTS.get(name, ""), edges=False)
        for name, about, source in _ISSUED
    ),
    Pattern(
        "pem",
        KIND,
        "Blocks of keys, certificates and messages (RFC 7468, RFC 9580), also in one "
        "line or cut off",
        rf"{_BLOCK}(?:(?:[A-Za-z0-9+/=:,.() \t\r\n\\]|-[A-Za-z0-9])*{_BLOCK_END}"
        r"|[A-Za-z0-9+/=\r\n\\]*)",
        hint="-----BEGIN",
        edges=False,
    ),
    Pattern(
        "putty key",
        KIND,
        "Private keys of PuTTY",
        r"PuTTY-User-Key-File-\d:(?s:.){20,}?Private-MAC: ?[0-9a-f]+",
        hint="PuTTY-User-Key-File",
        edges=False,
    ),
)
