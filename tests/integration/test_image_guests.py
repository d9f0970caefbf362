"""Guests from the images that ``setup`` built."""

import gc
import zlib
from dataclasses import asdict

import pytest

from offline_ci import ResourceLimits, Sandbox
from offline_ci.engine.threads import run_on_big_stack
from offline_ci.errors import UsageError
from offline_ci.pyodide.installed import installed_runtime
from offline_ci.sandbox.backend import SandboxOptions
from offline_ci.sandbox.session import GuestSession
from offline_ci.snapshot.image_recipes import image_recipes

pytestmark = pytest.mark.runtime

DRAW = {
    "random": "import random; random.random(), random.getrandbits(64), random.sample(range(10**9), 2)",
    "random.Random": "import random; random.Random().random()",
    "numpy": "import numpy as np; np.random.rand(2).tolist(), int(np.random.randint(10**9))",
    "numpy generator": "import numpy as np; np.random.default_rng().random()",
    "os.urandom": "import os; os.urandom(8)",
    "secrets": "import secrets; secrets.token_hex(8)",
    "uuid4": "import uuid; str(uuid.uuid4())",
    "uuid1": "import uuid; str(uuid.uuid1())",
    "tempfile": "import tempfile; tempfile.mktemp()",
    "pandas": "import pandas as pd; pd.Series(range(10**6)).sample(3).tolist()",
    "matplotlib": "import io, matplotlib.pyplot as plt; plt.plot([1]); b = io.StringIO()\n"
    "plt.savefig(b, format='svg'); plt.close(); hash(b.getvalue())",
    "email": "import email.utils; email.utils.make_msgid()",
    "sklearn": "from sklearn.utils import check_random_state; float(check_random_state(None).rand())",
    "scipy": "from scipy import stats; float(stats.norm.rvs())",
    "sympy": "import sympy.core.random as r; r.random()",
}


@pytest.mark.parametrize("image", ["standard", "science", "plain"])
def test_no_guest_draws_the_numbers_of_another(image):
    drawn = []
    with Sandbox(isolation="inline", image=image) as sandbox:
        for _ in range(3):
            drawn.append({name: sandbox.run(code).result for name, code in DRAW.items()})
            sandbox.reset()
    for name in DRAW:
        values = [draws[name] for draws in drawn]
        assert None not in values, name
        assert len(set(values)) == 3, (name, values)


@pytest.mark.parametrize("image", ["standard", "plain"])
def test_a_seed_and_an_epoch_fix_them_all(image):
    def draws():
        with Sandbox(isolation="inline", image=image, seed=5, epoch=1_750_000_000) as sandbox:
            return {name: sandbox.run(code).result for name, code in DRAW.items()}

    first = draws()
    assert draws() == first
    with Sandbox(isolation="inline", image=image, seed=6, epoch=1_750_000_000) as sandbox:
        assert sandbox.run(DRAW["random"]).result != first["random"]
        assert sandbox.run(DRAW["numpy"]).result != first["numpy"]


def test_the_clocks_are_those_of_now():
    code = "import time; (abs(time.time() - {now}) < 60, time.process_time() < 5, time.monotonic() >= 0)"
    import time

    with Sandbox(isolation="inline") as sandbox:
        assert sandbox.run(code.format(now=time.time())).result == "(True, True, True)"
        look = "import logging, time; abs(logging.LogRecord('', 20, '', 1, '', (), None).relativeCreated) < 60_000"
        assert sandbox.run(look).result == "True"


@pytest.mark.parametrize("image", ["standard", "science"])
def test_what_an_image_is_for_is_imported_already(image):
    loaded = {
        "standard": ["numpy", "pandas", "matplotlib.pyplot", "PIL.Image", "openpyxl"],
        "science": ["scipy.stats", "sklearn.linear_model", "lxml.etree", "seaborn"],
    }
    names = loaded["standard"] + (loaded["science"] if image == "science" else [])
    with Sandbox(isolation="inline", image=image) as sandbox:
        assert sandbox.run(f"import sys; [n for n in {names} if n not in sys.modules]").result == "[]"
        assert sandbox.run("sorted(n for n in globals() if not n.startswith('_'))").result == "['sys']"
        assert sandbox.run("import os; os.listdir('/mnt/data'), os.listdir('/tmp')").result == "([], [])"
        assert sandbox.run("import matplotlib.pyplot as plt; plt.get_fignums()").result == "[]"


@pytest.mark.parametrize("image", ["standard", "science"])
def test_the_list_of_packages_says_what_is_imported_already(image):
    recipes = image_recipes()
    listed = set(recipes["standard"].packages) | set(recipes[image].packages)
    with Sandbox(isolation="inline", image=image) as sandbox:
        loaded = sandbox.run("import sys; print(*{name.partition('.')[0] for name in sys.modules})").stdout.split()
    packages = installed_runtime().packages
    assert {package.name for package in packages if set(package.import_names) & set(loaded)} == listed


def test_the_default_image_does_not_start_below_its_memory_and_says_so_when_it_is_asked_for():
    small = ResourceLimits(memory_bytes=64 << 20)
    with Sandbox(isolation="inline", limits=small) as sandbox:
        assert sandbox.run("import sys; 'numpy' in sys.modules").result == "False"
    with pytest.raises(UsageError, match="more than the limit"):
        Sandbox(isolation="inline", limits=small, image="standard")
    with pytest.raises(UsageError, match="There is no image huge"):
        Sandbox(isolation="inline", image="huge")


def test_a_thousand_restores_give_identical_memory():
    """Each page is compared with the checkpoint's, or is untouched and so the image's own."""

    def check():
        session = GuestSession(SandboxOptions(limits=asdict(ResourceLimits())))
        code = "import pandas as pd, lxml.etree\ndf = pd.DataFrame({'a': range(50_000)}); df.describe().to_string()"
        assert session.run(code, 60, None, None).status == "ok"
        session.checkpoint(1)
        state = session._life.capture()
        chunks = list(session._store.contents(state.python.pages))
        covered = {page for offset, data in chunks for page in range(offset >> 12, (offset + len(data)) >> 12)}
        whole = set()
        for i in range(1000):
            session.restore(1)
            memory = session._life.start().python.instance.memory
            view = memory.view()
            assert all(view[offset : offset + len(data)] == data for offset, data in chunks)
            dirty = session._store.dirty.spans(memory.address, len(view))
            assert all(page in covered for first, end in dirty for page in range(first, end))
            if i % 200 == 0:
                whole.add((len(view), zlib.crc32(view)))
        assert len(whole) == 1
        assert session.run("len(df)", 60, None, None).result == "50000"
        session.close()

    run_on_big_stack(check)


def test_many_sandboxes_leave_nothing_behind():
    """Memory, descriptors and mappings of the process after 60 and after 600 lives."""

    def lives(session, n):
        for i in range(n):
            session.reset()
            code = ("1 + 1", "x = 0\nwhile True: x += 1", "import json; json.loads('[' * 10**6)")[
                i % 30 % 3 if i % 30 < 3 else 0
            ]
            session.run(code, 0.05 if "while" in code else 10, None, None)

    def check():
        session = GuestSession(SandboxOptions(limits=asdict(ResourceLimits())))
        lives(session, 60)
        before = _footprint()
        lives(session, 540)
        after = _footprint()
        assert after["fds"] == before["fds"]
        assert after["mappings"] <= before["mappings"] + 8
        assert after["anonymous_kb"] <= before["anonymous_kb"] + 16_384
        session.close()

    run_on_big_stack(check)


def _footprint():
    from pathlib import Path

    gc.collect()  # what tests before this one left must not be freed in between
    status = Path("/proc/self/status").read_text()
    return {
        "fds": len(list(Path("/proc/self/fd").iterdir())),
        "mappings": len(Path("/proc/self/maps").read_text().splitlines()),
        "anonymous_kb": int(status.split("RssAnon:")[1].split()[0]),
    }
