"""Modules that programs import often and that are not here: ImportError says what to use instead."""

import sys

_PDF = "pypdf to read and fpdf or reportlab to write PDF"
_CHARTS = "matplotlib or seaborn"
_TABLE = (
    ("cv2 opencv_python skimage imageio wand pyvips", "PIL (Image, ImageOps, ImageFilter) and numpy"),
    ("plotly bokeh altair pygal holoviews plotnine ggplot folium", _CHARTS),
    ("torch torchvision tensorflow keras jax xgboost lightgbm catboost", "numpy or scikit-learn"),
    ("cupy numba numexpr cython", "numpy"),
    ("polars pyarrow fastparquet dask modin pyspark vaex", "pandas, with CSV or Excel files"),
    ("statsmodels pingouin prophet pmdarima", "scipy.stats, numpy and scikit-learn"),
    ("nltk spacy gensim textblob transformers", "re, collections.Counter and scikit-learn"),
    ("selenium playwright scrapy requests_html aiohttp mechanize pycurl", "bs4 or lxml, with an attached HTML file"),
    ("psycopg2 psycopg pyodbc pymysql MySQLdb mysql pymongo redis sqlalchemy", "sqlite3, or pandas on attached files"),
    ("duckdb dbm shelve", "sqlite3"),
    ("tkinter turtle pygame PyQt5 PyQt6 PySide6 wx kivy", f"{_CHARTS}, or PIL: there is no screen"),
    ("ipywidgets streamlit gradio dash flask fastapi django", "plain cells: there is no browser and no server"),
    ("fitz PyMuPDF pymupdf PyPDF2 pdfplumber pdfminer camelot tabula docx2pdf weasyprint pdfkit", _PDF),
    ("pytesseract easyocr", "PIL: there is no text recognition"),
    ("moviepy pydub librosa soundfile ffmpeg sounddevice pyttsx3 gtts", "wave for sound and PIL for GIF animations"),
    ("xlwings pyxlsb xlwt win32com comtypes", "openpyxl or xlsxwriter, with .xlsx files"),
    ("geopandas shapely cartopy", "pandas, math and matplotlib"),
    ("nest_asyncio uvloop", "await in the cell itself or asyncio.run(): both work as they are"),
    ("js pyodide micropip", "plain Python: there is no browser, and nothing can be installed"),
    ("psutil resource pwd", "os and time: there is one process and one user"),
    ("orjson ujson rapidjson", "json"),
    ("arrow pendulum", "datetime or pandas"),
    ("ruamel", "yaml"),
    # the names that pip knows them by
    ("Pillow pillow", "the name PIL: from PIL import Image"),
    ("beautifulsoup4 BeautifulSoup", "the name bs4: from bs4 import BeautifulSoup"),
    ("scikit_learn", "the name sklearn"),
    ("pyyaml PyYAML", "the name yaml"),
    ("python_docx", "the name docx"),
    ("python_pptx", "the name pptx"),
    ("python_dateutil", "the name dateutil"),
    ("python_barcode", "the name barcode"),
    ("fpdf2", "the name fpdf"),
)
INSTEAD = {name: instead for names, instead in _TABLE for name in names.split()}


class AbsentModules:
    """The last finder: an import of something known that is not here says what to use instead."""

    @staticmethod
    def find_spec(name, path=None, target=None):  # noqa: ARG004 - Python's signature
        """Raise for an import; whoever only asks (``importlib.util.find_spec``) hears None."""
        instead = INSTEAD.get(name)  # not for a part of one: then the package itself was added
        if instead is not None and sys._getframe(2).f_code.co_name == "_find_and_load_unlocked":
            raise ModuleNotFoundError(f"No module named {name!r}. In this sandbox use {instead}", name=name)
