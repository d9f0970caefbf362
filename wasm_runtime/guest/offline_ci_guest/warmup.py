"""What a guest does before it becomes an image: imports, and first uses of what fills caches when it is first used.

Nothing of it may be seen later: no files, no figures, no variables, no lines of code.
"""

import gc
import importlib
import io
import os
import sys
import warnings

from offline_ci_guest import channel, display, tracebacks

_EMPTIED = ("/tmp", os.environ["HOME"])  # noqa: S108


def run():
    """Take the names of the functions to call from the channel; 0, or 1 after the error was printed."""
    steps = channel.receive()["steps"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in steps:
            try:
                _STEPS[name]()
            except Exception as exc:
                print(f"{name}: {type(exc).__name__}: {exc}", file=sys.stderr)
                return 1
    _clean()
    return 0


def _clean():
    import linecache

    linecache.clearcache()
    for folder in _EMPTIED:
        for parent, folders, files in os.walk(folder, topdown=False):
            for name in files:
                os.unlink(os.path.join(parent, name))
            for name in folders:
                os.rmdir(os.path.join(parent, name))
    gc.collect()
    gc.freeze()  # the collector never looks at it again, so its pages stay shared


def _import(names):
    for name in names.split():
        importlib.import_module(name)


def standard_library():
    """What programs import by habit."""
    _import(
        "collections contextlib copy csv dataclasses datetime decimal fractions functools glob hashlib heapq itertools "
        "json math pathlib pprint random re shutil statistics string subprocess tempfile textwrap time traceback "
        "typing uuid zipfile zoneinfo"
    )
    import datetime as dt
    import json
    import pathlib
    import time

    json.loads(json.dumps({"a": [1, 2.5, None]}))
    dt.datetime.strptime("2026-01-31 10:00", "%Y-%m-%d %H:%M").strftime("%B")  # noqa: DTZ007
    list(pathlib.Path("/tmp").glob("*"))  # noqa: S108
    time.strftime("%Y")
    try:
        raise ValueError("a")  # noqa: TRY301
    except ValueError as exc:
        tracebacks.describe(exc)


def arrays():
    """Use numpy."""
    import numpy as np

    rng = np.random.default_rng(1)
    np.random.rand(3)  # noqa: NPY002
    np.linalg.inv(rng.normal(size=(3, 3)))
    np.fft.fft(rng.normal(size=8))
    str(np.arange(3) / 2)


def tables():
    """Use pandas."""
    import pandas as pd

    text = "day,city,sales\n2026-01-01,A,1.5\n2026-01-02,B,2.5\n2026-02-01,A,\n"
    frame = pd.read_csv(io.StringIO(text), parse_dates=["day"])
    frame["month"] = frame["day"].dt.to_period("M").astype(str)
    frame["high"] = frame["sales"] > 1
    frame.groupby(["city", "month"])["sales"].agg(["sum", "mean", "count"]).reset_index()
    frame.pivot_table(index="month", columns="city", values="sales", aggfunc="sum")
    frame.merge(frame, on="city").sort_values("day_x").head()
    frame.set_index("day")["sales"].resample("ME").sum()
    frame.describe(include="all").to_string()
    frame.info(buf=io.StringIO())
    frame.fillna(0).isna().sum().to_dict()
    frame["city"].value_counts()
    frame["city"].str.upper().unique()
    frame.to_csv(io.StringIO(), index=False)
    pd.read_json(io.StringIO(frame.to_json(orient="records")))
    frame.corr(numeric_only=True)
    display.mime_bundle(frame)
    str(frame)


def pictures():
    """Use Pillow."""
    from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

    picture = Image.new("RGB", (16, 16), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((2, 2, 9, 9), fill="red")
    draw.text((1, 1), "a", fill="black", font=ImageFont.load_default())
    for changed in (
        picture.resize((8, 8)),
        picture.rotate(90),
        picture.convert("L"),
        picture.crop((0, 0, 4, 4)),
        ImageOps.invert(picture),
        ImageEnhance.Contrast(picture).enhance(1.5),
        picture.filter(ImageFilter.GaussianBlur(1)),
    ):
        changed.load()
    for file_format in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"):
        stored = io.BytesIO()
        picture.save(stored, file_format)
        stored.seek(0)
        Image.open(stored).load()


def figures():
    """Use matplotlib; it makes its font cache."""
    import matplotlib.pyplot as plt
    import numpy as np

    figure, axes = plt.subplots(2, 2)
    x = np.linspace(0, 1, 10)
    axes[0, 0].plot(x, x**2, label="a")
    axes[0, 0].legend()
    axes[0, 0].set(title="Title", xlabel="x", ylabel="y")
    axes[0, 1].bar(["a", "b"], [1, 2])
    axes[1, 0].scatter(x, x, c=x)
    axes[1, 1].hist(x)
    axes[1, 1].grid(visible=True)
    figure.tight_layout()
    for file_format in ("png", "svg", "pdf"):
        figure.savefig(io.BytesIO(), format=file_format, bbox_inches="tight")
    plt.close("all")


def workbooks():
    """Read and write Excel files."""
    import openpyxl
    import pandas as pd

    stored = io.BytesIO()
    pd.DataFrame({"a": [1]}).to_excel(stored, index=False)
    stored.seek(0)
    pd.read_excel(stored)
    openpyxl.Workbook()


def science():
    """Use scipy, scikit-learn, lxml and seaborn."""
    _import(
        "scipy.cluster scipy.fft scipy.integrate scipy.interpolate scipy.linalg scipy.ndimage scipy.signal "
        "scipy.sparse scipy.spatial scipy.special lxml.html sklearn.neighbors sklearn.svm sklearn.tree"
    )
    import lxml.etree
    import matplotlib.pyplot as plt
    import numpy as np
    import pandas as pd
    import seaborn as sns
    from scipy import linalg, optimize, stats
    from sklearn import metrics
    from sklearn.cluster import KMeans
    from sklearn.datasets import load_iris
    from sklearn.decomposition import PCA
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    features, classes = load_iris(return_X_y=True)
    train, test, train_classes, test_classes = train_test_split(features, classes, random_state=1)
    model = make_pipeline(StandardScaler(), PCA(2), LogisticRegression()).fit(train, train_classes)
    metrics.classification_report(test_classes, model.predict(test))
    RandomForestClassifier(3, random_state=1).fit(train, train_classes).score(test, test_classes)
    KMeans(3, n_init=1, random_state=1).fit(features)
    LinearRegression().fit(train, train_classes)
    stats.ttest_ind(features[:, 0], features[:, 1])
    stats.linregress(features[:, 0], features[:, 1])
    optimize.minimize(lambda x: float(((x - 1) ** 2).sum()), np.zeros(2))
    optimize.curve_fit(lambda x, a: a * x, features[:, 0], features[:, 1])
    linalg.eigh(np.eye(3))
    lxml.etree.fromstring("<a><b/></a>").xpath("//b")
    axes = sns.lineplot(pd.DataFrame({"x": [1, 2], "y": [1, 2]}), x="x", y="y")
    axes.figure.savefig(io.BytesIO(), format="png")
    plt.close("all")


_STEPS = {step.__name__: step for step in (standard_library, arrays, tables, pictures, figures, workbooks, science)}
