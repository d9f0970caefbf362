import ast
import json

import pytest

from offline_ci import _env
from offline_ci.artifacts.store import Store
from offline_ci.errors import ArtifactError, ArtifactMissingError, DigestMismatchError, UsageError
from offline_ci.pyodide.installed import LINKS, MANIFEST, InstalledRuntime
from offline_ci.pyodide.manifest import Manifest, StoredFile, StoredModule
from offline_ci.snapshot.image_index import ImageIndex, StoredImage, read_index, write_index
from offline_ci.snapshot.image_recipes import image_recipes
from offline_ci.snapshot.images import damaged_images, find_base

EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.fixture
def runtime(tmp_path):
    """A runtime without anything in it."""
    folder = tmp_path / "runtime" / "0123456789abcdef"
    folder.mkdir(parents=True)
    (folder / LINKS).write_bytes(b"")
    links = StoredFile(LINKS, EMPTY_SHA256, 0)
    manifest = Manifest(folder.name, {}, StoredModule(links, 0, 0), {}, {LINKS: links}, (), {})
    (folder / MANIFEST).write_text(manifest.to_json())
    return InstalledRuntime(folder, Store(tmp_path))


def add_image(runtime, name, *, memory_bytes=1 << 20, contents=b""):
    folder = runtime.folder / "images"
    folder.mkdir(exist_ok=True)
    files = {}
    for suffix in ("cwasm", "json"):
        (folder / f"{name}.{suffix}").write_bytes(contents)
        files[suffix] = StoredFile(f"images/{name}.{suffix}", EMPTY_SHA256, 0)
    image = StoredImage("key", memory_bytes, files["cwasm"], files["json"], {"merge": 1.5})
    index = read_index(runtime.folder)
    write_index(runtime.folder, ImageIndex({**index.images, name: image}, index.failures))
    return image


def test_the_list_comes_back_as_it_was_written(runtime):
    assert read_index(runtime.folder) == ImageIndex()
    first, second = add_image(runtime, "b"), add_image(runtime, "a", memory_bytes=7)
    index = read_index(runtime.folder)
    assert list(index.images.items()) == [("b", first), ("a", second)]
    assert index.images["a"].seconds == {"merge": 1.5}


def test_a_list_of_another_format_is_as_good_as_none(runtime):
    add_image(runtime, "a")
    path = runtime.folder / "images" / "index.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    assert read_index(runtime.folder) == ImageIndex()


@pytest.mark.parametrize("text", ["", "[]", '{"format": 1}', '{"format": 1, "images": {"a": {}}, "failures": {}}'])
def test_a_damaged_list_is_refused_and_guests_start_all_the_same(runtime, text):
    (runtime.folder / "images").mkdir()
    (runtime.folder / "images" / "index.json").write_text(text)
    with pytest.raises(ArtifactError, match=r"index\.json is damaged"):
        read_index(runtime.folder)
    assert find_base(runtime, None, 1 << 30).name == "plain"


def test_damaged_images_are_found(runtime):
    add_image(runtime, "whole")
    add_image(runtime, "tampered", contents=b"x")
    add_image(runtime, "gone")
    (runtime.folder / "images" / "gone.json").unlink()
    damaged = damaged_images(runtime)
    assert {name: type(error) for name, error in damaged.items()} == {
        "tampered": DigestMismatchError,
        "gone": ArtifactMissingError,
    }


def test_reread_finds_what_stat_does_not_show(runtime):
    add_image(runtime, "a")
    assert damaged_images(runtime, reread=True) == {}


def test_without_images_guests_boot_plainly(runtime):
    assert find_base(runtime, None, 1 << 30).name == "plain"
    assert find_base(runtime, "plain", 1 << 30).name == "plain"


def test_the_default_image_is_passed_over_where_it_does_not_fit_or_is_damaged(runtime):
    add_image(runtime, "standard", memory_bytes=2 << 20)
    assert find_base(runtime, None, 1 << 20).name == "plain"
    (runtime.folder / "images" / "standard.cwasm").write_bytes(b"tampered")
    assert find_base(runtime, None, 1 << 30).name == "plain"


def test_a_named_image_is_never_passed_over(runtime):
    add_image(runtime, "standard", memory_bytes=2 << 20)
    with pytest.raises(UsageError, match="2 MiB of memory, more than the limit of 1 MiB"):
        find_base(runtime, "standard", 1 << 20)
    (runtime.folder / "images" / "standard.cwasm").write_bytes(b"tampered")
    with pytest.raises(DigestMismatchError, match="damaged"):
        find_base(runtime, "standard", 1 << 30)
    with pytest.raises(UsageError, match=r"There is no image lunch. There are: standard, science, plain"):
        find_base(runtime, "lunch", 1 << 30)
    with pytest.raises(UsageError, match=r"The image science has not been built. Run: offline-ci runtime build"):
        find_base(runtime, "science", 1 << 30)


def test_why_an_image_could_not_be_built_is_told(runtime):
    write_index(runtime.folder, ImageIndex({}, {"science": "The disk is full."}))
    with pytest.raises(UsageError, match=r"The image science could not be built: The disk is full."):
        find_base(runtime, "science", 1 << 30)


def test_a_description_that_is_none_is_refused(runtime):
    add_image(runtime, "standard")
    with pytest.raises(ArtifactError, match=r"The image's .* is damaged"):
        find_base(runtime, "standard", 1 << 30)


def test_the_recipes_name_steps_that_exist():
    source = _env.data_file("wasm_runtime/guest/offline_ci_guest/warmup.py").read_text()
    functions = {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    recipes = image_recipes()
    assert list(recipes) == ["standard", "science"]
    for recipe in recipes.values():
        assert functions.issuperset(recipe.warm_up)
