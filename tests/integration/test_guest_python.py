"""Where the guest's Python cannot do what a machine's Python does, it says what to do instead."""

import io

import pytest
from PIL import Image

from offline_ci import Sandbox

pytestmark = pytest.mark.runtime
NO_NETWORK = "There is no network in this sandbox: attach the file with -f and read it by its name"
NO_PROGRAMS = "No other programs can be started in this sandbox: use Python's own modules (shutil, zipfile, ...)"
NO_PROCESSES = "No processes can be started in this sandbox: call the function directly, in a loop or with map()"
REFUSED = [
    ("subprocess.run(['ls', '-l'])", "FileNotFoundError", f"[Errno 44] {NO_PROGRAMS}: 'ls'"),
    ("subprocess.check_output('ls -l', shell=True)", "FileNotFoundError", f"[Errno 44] {NO_PROGRAMS}: 'ls -l'"),
    ("subprocess.run(['pip', 'install', 'x'])", "FileNotFoundError", "Nothing can be installed in this sandbox"),
    ("subprocess.run([sys.executable, 'a.py'])", "FileNotFoundError", "import the module, or runpy.run_path()"),
    ("os.popen('ls').read()", "FileNotFoundError", NO_PROGRAMS),
    ("os.execv('/bin/ls', ['ls'])", "FileNotFoundError", NO_PROGRAMS),
    ("os.fork()", "OSError", f"[Errno 52] {NO_PROCESSES}"),
    ("multiprocessing.Process(target=print).start()", "OSError", NO_PROCESSES),
    ("multiprocessing.Pool(2)", "OSError", NO_PROCESSES),
    ("concurrent.futures.ProcessPoolExecutor()", "NotImplementedError", NO_PROCESSES),
    ("socket.create_connection(('example.com', 80))", "gaierror", f"[Errno -2] {NO_NETWORK}"),
    ("socket.gethostbyname('example.com')", "gaierror", NO_NETWORK),
    ("socket.create_connection(('127.0.0.1', 80))", "gaierror", NO_NETWORK),
    ("socket.socket()", "OSError", f"[Errno 5] {NO_NETWORK}"),
    ("urllib.request.urlopen('http://example.com')", "URLError", f"<urlopen error [Errno -2] {NO_NETWORK}>"),
    ("pandas.read_csv('https://example.com/a.csv')", "URLError", NO_NETWORK),
    ("requests.get('http://example.com')", "ConnectionError", NO_NETWORK),
    ("httpx.get('http://example.com')", "ConnectError", NO_NETWORK),
    ("input('name? ')", "EOFError", "Nobody answers input() here: put the values into the program"),
]


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(isolation="inline") as sandbox:
        sandbox.run("import concurrent.futures, multiprocessing, os, socket, subprocess, sys, urllib.request\n")
        sandbox.run("import httpx, pandas, requests")
        yield sandbox


@pytest.mark.parametrize(("code", "name", "text"), REFUSED)
def test_what_cannot_be_done_says_what_to_do_instead(sandbox, code, name, text):
    error = sandbox.run(code).error
    assert error.ename == name
    assert text in error.evalue
    assert "offline_ci_guest" not in "".join(error.traceback)


def test_refusals_are_of_the_classes_that_programs_catch(sandbox):
    code = """
caught = []
for call, kind in [
    (lambda: subprocess.run('ls'), OSError),
    (lambda: requests.get('http://x.y'), requests.exceptions.RequestException),
    (lambda: urllib.request.urlopen('http://x.y'), OSError),
    (lambda: httpx.get('http://x.y'), httpx.HTTPError),
    (lambda: __import__('cv2'), ImportError),
]:
    try: call()
    except kind as exc: caught.append(type(exc).__name__)
import webbrowser
caught, os.system('ls -l') != 0, webbrowser.open('http://x.y')
"""
    result = sandbox.run(code)
    names = ["FileNotFoundError", "ConnectionError", "URLError", "ConnectError", "ModuleNotFoundError"]
    assert result.result == repr((names, True, False))
    assert result.stderr == f"{NO_PROGRAMS}\n"


def test_an_import_of_what_is_not_here_names_what_is(sandbox):
    for name, instead in {
        "cv2": "PIL",
        "plotly.express": "matplotlib",
        "torch": "numpy",
        "tkinter": "no screen",
    }.items():
        error = sandbox.run(f"import {name}").error
        root = name.partition(".")[0]
        assert error.ename == "ModuleNotFoundError"
        assert error.evalue.startswith(f"No module named '{root}'. In this sandbox use ")
        assert instead in error.evalue
    code = "try:\n    import cv2\nexcept ImportError as exc:\n    print(exc.name)\nimport importlib.util\n"
    assert sandbox.run(code + "print(importlib.util.find_spec('cv2'))").stdout == "cv2\nNone\n"
    assert sandbox.run("import no_such_thing").error.evalue == "No module named 'no_such_thing'"


LINALG = {
    "inv(zeros)": "Singular matrix",
    "inv(np.array([[1, 2], [2, 4]]))": "Singular matrix",
    "inv(np.stack([np.eye(2), zeros]))": "Singular matrix",
    "inv(zeros * 1j)": "Singular matrix",
    "solve(zeros, [1, 2])": "Singular matrix",
    "solve(zeros, [[np.nan], [2]])": "Singular matrix",
    "tensorinv(np.zeros((2, 2, 2, 2)))": "Singular matrix",
    "matrix_power(zeros, -1)": "Singular matrix",
    "cholesky(-np.eye(2))": "Matrix is not positive definite",
    "cholesky(np.stack([np.eye(2), -np.eye(2)]))": "Matrix is not positive definite",
    "eig(nans)": "Array must not contain infs or NaNs",
    "svd(nans)": "SVD did not converge",
}
FINE = """
with np.errstate(all='ignore'):
    assert np.isnan(L.inv(nans)).all() and np.isnan(L.eigvalsh(nans)).all() and np.isnan(L.eigh(nans)[0]).all()
    assert np.isnan(L.solve(np.eye(2), [np.nan, 1])).any()
assert (L.inv(np.eye(2) * 2) == np.eye(2) / 2).all() and L.inv(np.zeros((0, 2, 2))).shape == (0, 2, 2)
assert L.det(zeros) == 0 and L.matrix_rank(zeros) == 0 and L.cond(zeros) == np.inf and (L.pinv(zeros) == 0).all()
assert L.solve(np.stack([np.eye(2)] * 3), np.ones((3, 2, 1))).sum() == 6 and L.inv(np.float32([[2]])).dtype == 'float32'
assert L.svd(np.eye(2)).S.tolist() == L.eigh(np.eye(2)).eigenvalues.tolist() == L.svdvals(np.eye(2)).tolist() == [1, 1]
assert L.lstsq(np.eye(2), [1, 2])[0].tolist() == [1, 2] and L.slogdet(zeros).sign == 0
"""


def test_linear_algebra_raises_as_numpy_does(sandbox):
    sandbox.run("import numpy as np; L = np.linalg; zeros = np.zeros((2, 2)); nans = np.full((2, 2), np.nan)")
    for call, text in LINALG.items():
        error = sandbox.run(f"L.{call}").error
        assert error is not None, call
        assert (error.ename, error.evalue) == ("LinAlgError", text), call
    assert sandbox.run(FINE).status == "ok"


def test_the_ipython_stand_in(sandbox):
    code = "import IPython\nfrom IPython.display import HTML, Markdown, Math, display\n"
    result = sandbox.run(code + "display(HTML('<b>x</b>'), Markdown('*y*'), Math('z'), 5)\nIPython.version_info[0]")
    shown = [output["data"] for output in result.outputs[:4]]
    assert [next(iter(set(data) - {"text/plain"}), None) for data in shown] == [
        "text/html",
        "text/markdown",
        "text/latex",
        None,
    ]
    assert result.result == "9"
    assert sandbox.run("IPython.display.Image(url='http://x.y/z.png')").error.evalue == NO_NETWORK


def test_an_animation_is_saved_as_gif(sandbox):
    code = """
import IPython, matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation
figure, axes = plt.subplots(figsize=(1, 1))
line, = axes.plot([0, 1], [0, 1])
animation = FuncAnimation(figure, lambda i: line.set_data([0, i], [0, 1]) or (line,), frames=3)
animation.save('a.gif', writer='pillow', dpi=30)
plt.close()
"""
    result = sandbox.run(code, time_s=60)
    assert result.status == "ok", result.error
    with Image.open(io.BytesIO(sandbox.files.read("a.gif"))) as gif:
        assert (gif.format, gif.n_frames) == ("GIF", 3)


PACKAGES = """
import io
import barcode, chardet, cloudpickle, faker, fpdf, html5lib, humanize, jinja2, markdown, more_itertools, narwhals
import numpy as np, pandas as pd, patsy, qrcode, toml, tomli_w, tqdm, wordcloud, xlrd, yaml
from reportlab.pdfgen.canvas import Canvas

assert jinja2.Template('{{ a }}, {{ b | e }}').render(a=1, b='<') == '1, &lt;'
assert markdown.markdown('# a') == '<h1>a</h1>'
assert yaml.safe_load(yaml.safe_dump({'a': [1, None, 'x']})) == {'a': [1, None, 'x']}
assert toml.loads(tomli_w.dumps({'a': 1})) == {'a': 1}
assert chardet.detect('Grüße, schöne Grüße aus Köln'.encode())['encoding'] == 'utf-8'
page = fpdf.FPDF(); page.add_page(); page.set_font('Helvetica', size=12); page.cell(text='a')
canvas = Canvas(stored := io.BytesIO()); canvas.drawString(9, 9, 'a'); canvas.save()
assert bytes(page.output())[:5] == stored.getvalue()[:5] == b'%PDF-'
assert qrcode.make('a').get_image().size[0] > 99
stored = io.BytesIO(); barcode.get('code128', 'A1', writer=barcode.writer.SVGWriter()).write(stored)
assert b'<svg' in stored.getvalue()
assert faker.Faker().name() and humanize.intcomma(1234567) == '1,234,567'
assert list(more_itertools.chunked(range(4), 3)) == [[0, 1, 2], [3]]
assert narwhals.from_native(pd.DataFrame({'a': [1]})).columns == ['a']
assert patsy.dmatrix('a', {'a': [1, 2]}).shape == (2, 2)
assert pd.read_html(io.StringIO('<table><tr><td>1</td></tr></table>'), flavor='html5lib')[0].shape == (1, 1)
assert '<table' in pd.DataFrame({'a': [1]}).style.to_html()
cloud = wordcloud.WordCloud(width=80, height=50).generate('one two two three three three four')
assert np.asarray(cloud.to_image()).shape == (50, 80, 3) and len(cloud.layout_) > 1
assert list(tqdm.tqdm([1], file=io.StringIO())) == [1]
assert pickle.loads(cloudpickle.dumps(lambda: 5))() == 5
"""


def test_packages_work(sandbox):
    result = sandbox.run("import pickle" + PACKAGES, time_s=120)
    assert result.status == "ok", result.error


def test_two_jobs_of_scikit_learn():
    code = """
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_score
x, y = load_iris(return_X_y=True)
cross_val_score(RandomForestClassifier(3, n_jobs=2, random_state=1), x, y, cv=2, n_jobs=-1).mean() > 0.8
"""
    with Sandbox(isolation="inline", image="science") as sandbox:
        assert sandbox.run(code, time_s=60).result in {"True", "np.True_"}
