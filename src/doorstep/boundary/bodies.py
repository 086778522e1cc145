"""What the wire formats say by themselves: their keys, fixed words, settings, ids and blobs.

OpenAI Chat Completions and Responses, Anthropic Messages, Ollama's native calls, and the JSON
Schema (2020-12) inside them. A fixed word in its place ("role": "user") says nothing about
anybody, so it is neither sealed nor searched, even where a person has declared "user" private.
Everything that is not in these tables is text. Below a payload key (arguments of a tool call,
metadata, an example) and below an unknown one everything is the user's: nothing is excused.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import NamedTuple

from doorstep.boundary.clearance import Path

_KEYS = """
model input messages role content text type instructions stream store reasoning effort summary
format name schema strict json_schema response_format max_output_tokens max_tokens
max_completion_tokens temperature top_p top_k min_p seed stop stop_sequences n user tools
tool_choice tool_calls tool_call_id tool_use_id tool_name function function_call arguments
parameters input_schema description verbosity include include_usage stream_options metadata
logprobs top_logprobs logit_bias reasoning_effort parallel_tool_calls disable_parallel_tool_use
truncation id call_id item_id output status service_tier system thinking budget_tokens
cache_control source media_type data url image_url input_image input_audio input_file file file_id
file_data file_url filename detail title context citations is_error signature encrypted_content
reasoning_content refusal annotations prompt prompts variables suffix images options keep_alive
think raw template num_ctx num_predict num_keep num_gpu num_thread num_batch repeat_penalty
repeat_last_n presence_penalty frequency_penalty mirostat mirostat_tau mirostat_eta tfs_z
typical_p use_mmap use_mlock penalize_newline previous_response_id conversation prompt_cache_key
safety_identifier max_tool_calls background modalities audio voice prediction web_search_options
output_config container mcp_servers betas speed text_config query query_key namespace properties
required items additionalProperties prefixItems enum const default examples anyOf oneOf allOf not
if then else $ref $defs $schema $id definitions patternProperties propertyNames dependentSchemas
dependentRequired minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength
minItems maxItems minProperties maxProperties uniqueItems pattern contains nullable readOnly
writeOnly deprecated
ttl max_uses allowed_domains blocked_domains user_location approximate city region country timezone
filters search_context_size vector_store_ids max_num_results ranking_options ranker score_threshold
allowed_tools allowed_callers defer_loading server_label server_description server_url connector_id
require_approval always never headers authorization_token tool_configuration enabled server_name
mcp_server_name mode prompt_cache_retention obfuscation include_obfuscation phase file_ids
memory_limit network_policy environment display_width display_height display_number display_width_px
display_height_px partial_images quality size output_format output_compression input_fidelity
moderation action queries results score attributes outputs logs sources syntax definition custom
grammar generate_summary context_management edits trigger keep clear_at_least clear_tool_inputs
exclude_tools compact_threshold max_content_tokens max_characters display caller caller_id approve
approval_request_id reason pending_safety_checks acknowledged_safety_checks modality compact skills
skill_id skill_version inference_geo eval_count dimensions truncate encoding_format done shift
"""
KEYS = frozenset(_KEYS.split())

_TYPES = """
text input_text output_text image image_url input_image audio input_audio file input_file refusal
message function function_call function_call_output custom custom_tool_call custom_tool_call_output
reasoning summary_text reasoning_text json_object json_schema tool_use tool_result thinking
redacted_thinking enabled disabled adaptive auto any tool none base64 url document content ephemeral
search_result web_search web_search_preview web_search_call file_search file_search_call
code_interpreter code_interpreter_call computer_use_preview computer_call computer_call_output
computer_screenshot image_generation image_generation_call local_shell local_shell_call
local_shell_call_output shell apply_patch mcp mcp_call mcp_list_tools mcp_approval_request
mcp_approval_response item_reference compaction allowed_tools server_tool_use grammar approximate
object string number integer boolean array null tool_uses input_tokens thinking_turns
"""
_FORMATS = """
json text lark regex date-time date time duration email idn-email hostname idn-hostname ipv4 ipv6
uri uri-reference iri uuid regex json-pointer int32 int64 float double binary byte password
wav mp3 flac opus pcm16 aac
"""
_EFFORTS = frozenset("none minimal low medium high xhigh max auto".split())
_MEDIA = """
image/png image/jpeg image/gif image/webp application/pdf application/json text/plain text/html
text/markdown text/csv audio/wav audio/mpeg
"""
_INCLUDE = """
reasoning.encrypted_content file_search_call.results message.input_image.image_url
message.output_text.logprobs computer_call_output.output.image_url code_interpreter_call.outputs
web_search_call.action.sources web_search_call.results
"""
WORDS: dict[str, frozenset[str]] = {
    "role": frozenset("system developer user assistant tool function".split()),
    "type": frozenset(_TYPES.split()),
    "format": frozenset(_FORMATS.split()),
    "tool_choice": frozenset(("auto", "none", "required", "any")),
    "mode": frozenset(("auto", "required")),
    "effort": _EFFORTS,
    "reasoning_effort": _EFFORTS,
    "think": _EFFORTS,
    "verbosity": frozenset(("low", "medium", "high")),
    "summary": frozenset(("auto", "concise", "detailed")),
    "display": frozenset(("summarized", "omitted")),
    "service_tier": frozenset("auto default flex scale priority standard_only".split()),
    "truncation": frozenset(("auto", "disabled")),
    "detail": frozenset(("low", "high", "auto", "original")),
    "status": frozenset(("in_progress", "completed", "incomplete", "failed")),
    "phase": frozenset(("commentary", "final_answer")),
    "media_type": frozenset(_MEDIA.split()),
    "include": frozenset(_INCLUDE.split()),
    "modalities": frozenset(("text", "audio")),
    "ttl": frozenset(("5m", "1h")),
    # The names that Anthropic's own tools must have.
    "name": frozenset(
        "bash computer memory web_search web_fetch code_execution str_replace_editor "
        "str_replace_based_edit_tool tool_search_tool_regex tool_search_tool_bm25".split()
    ),
    "search_context_size": frozenset(("low", "medium", "high")),
    "syntax": frozenset(("lark", "regex")),
    "require_approval": frozenset(("always", "never")),
    "memory_limit": frozenset(("1g", "4g", "16g", "64g")),
    "encoding_format": frozenset(("float", "base64")),
    "prompt_cache_retention": frozenset(("in-memory", "in_memory", "24h")),
    "$schema": frozenset(
        [f"http://json-schema.org/draft-0{n}/schema{end}" for n in (4, 6, 7) for end in ("", "#")]
        + [f"https://json-schema.org/draft/{d}/schema" for d in ("2019-09", "2020-12")]
    ),
}
_SHAPES = {
    "type": re.compile(r"(?:bash|text_editor|computer|web_search|web_fetch|code_execution|memory"
                       r"|clear_tool_uses|clear_thinking|compact|advisor"
                       r"|tool_search_tool_(?:regex|bm25))"
                       r"(?:_preview)?_20\d{2}(?:_\d{2}_\d{2}|\d{4})"),
    "keep_alive": re.compile(r"-?\d{1,4}(?:ms|s|m|h)"),
}  # fmt: skip
# Numbers under these keys are settings of the sampler or of the protocol.
_NUMBERS = """
max_output_tokens max_tokens max_completion_tokens temperature top_p top_k min_p seed n top_logprobs
budget_tokens keep_alive num_ctx num_predict num_keep num_gpu num_thread num_batch repeat_penalty
repeat_last_n presence_penalty frequency_penalty mirostat mirostat_tau mirostat_eta tfs_z typical_p
max_tool_calls created created_at minLength maxLength minItems maxItems minProperties maxProperties
"""
NUMBERS = frozenset(_NUMBERS.split())
_LIMITS = frozenset("minLength maxLength minItems maxItems minProperties maxProperties".split())
_SCHEMAS = frozenset(("parameters", "input_schema", "schema", "format"))
_SETTINGS = frozenset(((), ("options",), ("thinking",), ("reasoning",)))
# Below these, everything is the user's.
_PAYLOAD = frozenset(
    "metadata arguments client_metadata default examples example enum const variables".split()
)
# The keys of these objects are names that the user gave; what they name is a schema again.
_MAPS = frozenset(("properties", "$defs", "definitions", "patternProperties", "dependentSchemas"))
_IDS = frozenset(
    "id call_id tool_call_id tool_use_id item_id file_id previous_response_id container".split()
)
# Ids as the services make them: a short prefix and random letters.
_ID = re.compile(
    r"(?:call|toolu|srvtoolu|fc|ctc|msg|rs|resp|ws|fs|ci|cu|file|chatcmpl|conv|container|mcp[a-z]*)"
    r"[_-](?:[a-z]+_)?[A-Za-z0-9]{8,80}"
)
_REFERENCE = re.compile(r"#/(?:\$defs|definitions)/([^/~%]+)")
_MODEL = re.compile(r"[\w.:/@+-]{1,100}", re.ASCII)
_PARAMETER = re.compile(r"(?=.{1,40}\Z)[a-z]+(?:(?:_[a-z]+)*|(?:[A-Z][a-z]+)*)")
_TOKEN_ID = re.compile(r"\d{1,6}")
# Made and read by the service alone: encrypted reasoning, signatures over it.
_SERVICE = frozenset(("encrypted_content", "signature", "thought_signature"))
_BLOBS = frozenset("data file_data images image audio b64_json image_data audio_data bytes".split())

_DATA_URL = re.compile(r"data:(?:[\w.+-]+/[\w.+-]+|;)[\w=.+;-]*,\S{8}", re.IGNORECASE)
# One run, or lines as mailers fold them (RFC 2045: 76 letters); words of a text are shorter.
_ENCODED = re.compile(r"\s*(?:[A-Za-z0-9+/_-]{40,}\s+)*[A-Za-z0-9+/_-]+={0,2}\s*")
_LONG = 400
_RUN = re.compile(rf"[A-Za-z0-9+/_-]{{{_LONG},}}")
_HALF = re.compile(rf"[A-Za-z0-9+/_-]{{{_LONG // 2}}}")
_MIXED = tuple(map(re.compile, ("[A-Z]", "[a-z]", "[0-9+/=]")))
_FILES = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"%PDF",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"ID3",
)


class Place(NamedTuple):  # many are made
    """Where in a body we are. `key`: the protocol's key that governs a string here, "" where
    none does; `payload`: it is the user's data; `names`: keys here are the user's names."""

    path: Path = ()
    key: str = ""
    payload: bool = False
    names: bool = False

    def item(self, index: int) -> Place:
        return Place((*self.path, index), self.key, self.payload, self.names)

    def below(self, key: str, value: object) -> Place:
        """The place of `value` under `key`."""
        path = (*self.path, key)
        if self.payload or self.names:
            return Place(path, "" if self.names else key, self.payload)
        # Anthropic's tool_use has its arguments as an object under "input"; and below a key that
        # the protocol does not have, nothing is the protocol's.
        inside = key in _PAYLOAD or key not in KEYS or (key == "input" and isinstance(value, dict))
        return Place(path, key, inside, not inside and key in _MAPS and isinstance(value, dict))


def known_key(key: str, place: Place) -> bool:
    """Whether a key at `place` is one of the protocol's."""
    if place.key == "logit_bias" and _TOKEN_ID.fullmatch(key):
        return True
    return not place.payload and not place.names and key in KEYS


def plain_key(key: str, place: Place) -> bool:
    """Whether an unknown key stands where the protocol's keys stand, and is spelled like one: a
    parameter that is newer than these tables, which a guess at names must not rename."""
    return not place.payload and not place.names and _PARAMETER.fullmatch(key) is not None


def known_word(text: str, place: Place) -> bool:
    """Whether a string at `place` is one of the protocol's fixed words."""
    if place.payload:
        return False
    shape = _SHAPES.get(place.key)
    return text in WORDS.get(place.key, ()) or bool(shape and shape.fullmatch(text))


def setting(place: Place) -> bool:
    """Whether a number at `place` is a setting: of the request, of its options, of a schema."""
    if place.payload or place.key not in NUMBERS:
        return False
    if place.key in _LIMITS:
        return not _SCHEMAS.isdisjoint(place.path)
    return place.path[:-1] in _SETTINGS


def service_made(text: str, place: Place) -> bool:
    """Whether a string is of the service's making: an id, a model's name, sealed reasoning.

    Detectors would take its random letters for a secret; known values are looked for all the same.
    So is a reference inside a schema, which must go with the name that it refers to.
    """
    if place.payload:
        return False
    if place.key in _SERVICE:
        return _cipher(text)
    if place.key == "$ref":
        return reference(text) is not None
    if place.path == ("model",):
        return _MODEL.fullmatch(text) is not None
    return place.key in _IDS and service_id(text)


def reference(text: str) -> str | None:
    """The name that a JSON Schema's "$ref" to its own definitions ends in."""
    match = _REFERENCE.fullmatch(text)
    return match[1] if match else None


def service_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def opaque(text: str, place: Place) -> bool:
    """Whether nobody can look at what a string holds: an image, a sound, a file in base64."""
    if len(text) < 16:
        return False
    if "data:" in text.lower() and _DATA_URL.search(text):
        return True
    least = 16 if place.key in _BLOBS else 256
    if len(text) >= least and _ENCODED.fullmatch(text):
        longest = max(text.split(), key=len)
        if len(longest) >= 16 and _mixed(longest):
            return not _text(_bytes(text))
    if not _long_run(text):
        return False
    return any(_mixed(m[0]) and not _text(_bytes(m[0])) for m in _RUN.finditer(text))


def _long_run(text: str) -> bool:
    """Whether a run of `_LONG` may stand in the text: then half of one begins at a multiple of its
    length. Most texts have none, and looking at each character takes long."""
    return any(_HALF.match(text, at) for at in range(0, len(text), _LONG // 2))


def _mixed(text: str) -> bool:
    """Encoded bytes mix large and small letters and digits; long words do not."""
    return all(sign.search(text) for sign in _MIXED)


def _cipher(text: str) -> bool:
    data = _bytes(text) if _ENCODED.fullmatch(text) and _mixed(text) else b""
    return len(data) > 11 and not _text(data) and not data.startswith(_FILES)


def _bytes(text: str) -> bytes:
    run = re.sub(r"[\s=]+", "", text).replace("-", "+").replace("_", "/")
    run = run[:-1] if len(run) % 4 == 1 else run
    try:
        return base64.b64decode(run + "=" * (-len(run) % 4))
    except (binascii.Error, ValueError):
        return b""


def _text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(text) and sum(c.isprintable() or c.isspace() for c in text) >= 0.9 * len(text)
