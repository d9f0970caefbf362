"""What a document, picture, archive or sound holds.

This module runs in the guest; see the package.
"""

from __future__ import annotations

import html
import re
import tarfile
import wave
import zipfile
from pathlib import Path

from offline_ci.interpreter.guest.colours import MAX_COLOURS, few_colours
from offline_ci.interpreter.guest.description import Description
from offline_ci.interpreter.guest.patterns import how_to_find

PLAIN_PIXELS = 1 << 24
PDF_PAGES = 5
MAX_MEMBERS = 10
MEMBER_BYTES = 4000
SHOWN_CHARS = 300
TEXTS = {".txt", ".csv", ".tsv", ".json", ".md", ".log", ".xml", ".html"}
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")


def describe_image(path: Path) -> Description:
    """Format, size, mode, its colours where they are few, and whether it is blank."""
    from PIL import Image

    with Image.open(path) as image:
        frames = getattr(image, "n_frames", 1)
        what = f"{image.format} image, width {image.width}, height {image.height}, mode {image.mode}"
        if image.width * image.height <= PLAIN_PIXELS:
            bands = [band.getextrema() for band in image.convert("RGBA").split()]
            if all(low == high for low, high in bands):
                colour = tuple(low for low, _ in bands)
                is_blank = colour[3] == 0 or colour[:3] in {(0, 0, 0), (255, 255, 255)}
                what += ", blank" if is_blank else ", all of one colour"
            else:
                what += few_colours(image.convert("RGB").getcolors(MAX_COLOURS))
    read = f"Image.open({path.name!r})"
    return {"text": what + (f", {frames} frames" if frames > 1 else "") + f"; open it with {read}", "read": read}


def describe_office(path: Path, suffix: str) -> Description:
    """Paragraphs and tables of a Word document; texts of slides."""
    with zipfile.ZipFile(path) as archive:
        if suffix == ".pptx":
            return _slides(path, archive)
        markup = archive.read("word/document.xml").decode("utf-8", "replace")
    read = f"document = docx.Document({path.name!r})"
    tables = re.findall(r"<w:tbl>.*?</w:tbl>", markup, re.DOTALL)
    outside = re.sub(r"<w:tbl>.*?</w:tbl>", "", markup, flags=re.DOTALL)
    texts = [_joined(text) for text in re.findall(r"<w:p[ >].*?</w:p>", outside, re.DOTALL)]
    text = f"docx document, {len(texts)} paragraphs; open it with {read}"
    text += "; texts = [paragraph.text for paragraph in document.paragraphs]"
    text += "".join(f"\n  texts[{i}]: {_both_ends(shown)}" for i, shown in enumerate(texts[:14]) if shown)
    text += how_to_find(texts)
    columns: list[str] = []
    if tables:
        rows = [re.findall(r"<w:tc[ >].*?</w:tc>", row, re.DOTALL) for row in re.split(r"<w:tr[ >]", tables[0])[1:]]
        columns = [_plain(cell) for cell in rows[0]] if rows else []
        cells = (
            "rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]; "
            "df = pd.DataFrame(rows[1:], columns=rows[0])"
        )
        text += f"\n tables: {len(tables)}; the first has {len(rows)} rows, at the top {columns}; read it with {cells}"
    return {"text": text, "columns": columns, "read": read}


def _slides(path: Path, archive: zipfile.ZipFile) -> Description:
    numbered = {int(match[1]): match[0] for match in map(_SLIDE.fullmatch, archive.namelist()) if match}
    texts = [_plain(archive.read(numbered[number]).decode("utf-8", "replace")) for number in sorted(numbered)[:30]]
    read = f"presentation = Presentation({path.name!r})"
    shown = "\n".join(f"  slide {i}: {text[:120]}" for i, text in enumerate(texts, 1))
    each = '" ".join(shape.text for shape in slide.shapes if shape.has_text_frame)'
    how = f"open it with {read}; texts = [{each} for slide in presentation.slides]"
    text = f"pptx presentation, {len(numbered)} slides; {how}\n{shown}{how_to_find(texts)}"
    return {"text": text, "read": read}


def describe_pdf(path: Path) -> Description:
    """Pages, and how their texts begin."""
    import pypdf

    read = f"reader = pypdf.PdfReader({path.name!r})"
    reader = pypdf.PdfReader(path)
    texts = [page.extract_text() for page in reader.pages[:PDF_PAGES]]
    shown = "\n".join(
        f"  reader.pages[{i}], page {i + 1}: {' '.join(text.split())[:200]}" for i, text in enumerate(texts)
    )
    how = f"open it with {read}; the text of a page is reader.pages[0].extract_text()"
    found = how_to_find(line for text in texts for line in text.splitlines())
    return {"text": f"PDF, {len(reader.pages)} pages; {how}\n{shown}{found}", "read": read}


def _joined(markup: str) -> str:
    """The text of a paragraph of Word, whose runs may part a word."""
    return html.unescape("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", markup))).strip()


def _both_ends(text: str) -> str:
    return text if len(text) <= 130 else f"{text[:70]} … {text[-55:]}"


def _plain(markup: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", markup).split()))


def describe_archive(path: Path) -> Description:
    """Members of a zip or tar archive, and how the first text begins."""
    example = ""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names, read = archive.namelist(), f"zipfile.ZipFile({path.name!r})"
            example = _member_example(archive)
    else:
        with tarfile.open(path) as tar:
            names, read = tar.getnames(), f"tarfile.open({path.name!r})"
    shown = ", ".join(names[:25]) + (", …" if len(names) > 25 else "")
    text = f"archive with {len(names)} members: {shown}; open it with {read}{example}"
    return {"text": text, "read": read, "members": names[:50]}


def _member_example(archive: zipfile.ZipFile) -> str:
    """How the first text in an archive begins, and how values in all of them are found."""
    infos = [info for info in archive.infolist() if not info.is_dir() and Path(info.filename).suffix.lower() in TEXTS]
    texts = [_beginning(archive, info) for info in infos[:MAX_MEMBERS]]
    if not texts:
        return ""
    plain = [text for info, text in zip(infos, texts, strict=False) if info.filename.lower().endswith((".txt", ".log"))]
    found = how_to_find(line for text in plain for line in text.splitlines())
    return f"; {infos[0].filename} begins {texts[0][:SHOWN_CHARS]!r}{found}"


def _beginning(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    with archive.open(info) as member:
        return member.read(MEMBER_BYTES).decode("utf-8", "replace")


def describe_sound(path: Path) -> Description:
    """Channels, rate and length of a WAV file."""
    with wave.open(str(path)) as sound:
        seconds = sound.getnframes() / sound.getframerate()
        what = f"{sound.getnchannels()} channels, {sound.getframerate()} Hz, {sound.getsampwidth() * 8} bit"
    return {"text": f"WAV sound, {what}, {seconds:.2f} s; open it with wave.open({path.name!r})"}
