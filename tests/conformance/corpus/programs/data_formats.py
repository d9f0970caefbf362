# --- json_round_trip
import json
data = {"a": [1, 2.5, None, True, "é\n\"\u2028"], "n": {"1": {}}, "e": [], "big": 10**20, "f": 1e100, "neg": -0.0}
print(json.dumps(data), json.dumps(data, ensure_ascii=False, indent=2), json.loads(json.dumps(data)) == data, json.dumps(data, separators=(",", ":"), sort_keys=True))

# --- json_special
import json
print(json.dumps([float("nan"), float("inf")]), json.loads("[NaN, -Infinity]"), json.dumps({1: "a", None: 2, True: 3, 2.5: 4}), json.loads('"\\ud83d\\ude00"'), json.loads(b'{"a": 1}'), json.dumps((1, 2)))

# --- json_not_allowed_nan
import json
json.dumps(float("nan"), allow_nan=False)

# --- json_not_serializable
import json
json.dumps({"a": {1, 2}})

# --- json_circular
import json
a = []
a.append(a)
json.dumps(a)

# --- json_errors
import json
for text in ("", "{", "[1,]", "{'a': 1}", "[1 2]", "nul", '"abc', '{"a" 1}', "1 2", '"\t"', '{"a":1,}', "[1", '"\\x"', "01", "{1: 2}", "[1]]"):
    try:
        print(json.loads(text))
    except json.JSONDecodeError as e:
        print(repr(text), e, e.pos)

# --- json_uncaught
import json
json.loads('{\n "a": 1\n "b": 2}')

# --- json_hooks
import json, decimal
class E(json.JSONEncoder):
    def default(self, o): return sorted(o) if isinstance(o, set) else super().default(o)
print(json.dumps({"s": {3, 1}}, cls=E), json.loads("[1.10]", parse_float=decimal.Decimal), json.loads('{"a": 1, "a": 2}', object_pairs_hook=list), json.loads('{"x": 1}', object_hook=lambda d: tuple(d.items())), json.dumps(1j, default=str))

# --- json_files
import json
with open("d.json", "w") as f: json.dump({"k": [1, 2]}, f, indent="\t")
print(open("d.json").read(), json.load(open("d.json")))

# --- csv_reader
import csv, io
text = 'name,qty,"quoted, field"\r\nann,1,"line\r\nbreak"\r\n"b""ob""",2,\r\n'
print(list(csv.reader(io.StringIO(text, newline=""))), list(csv.DictReader(io.StringIO("a,b\n1,2\n3\n4,5,6\n"))))

# --- csv_writer
import csv, io
f = io.StringIO()
w = csv.writer(f, quoting=csv.QUOTE_MINIMAL)
w.writerow(["a,b", 'c"d', "e\nf", None, 1.5, "", True])
w.writerow([])
w = csv.DictWriter(f, ["x", "y"], extrasaction="ignore", restval="-", delimiter=";", lineterminator="\n")
w.writeheader()
w.writerow({"x": 1, "z": 2})
csv.writer(f, quoting=csv.QUOTE_NONNUMERIC).writerow(["a", 1])
print(repr(f.getvalue()))

# --- csv_extra_field
import csv, io
csv.DictWriter(io.StringIO(), ["a"]).writerow({"a": 1, "b": 2})

# --- csv_sniff
import csv
d = csv.Sniffer().sniff("a;b;c\n1;2;3\n4;5;6\n")
print(repr(d.delimiter), csv.Sniffer().has_header("name,age\nann,3\nbob,4\n"), csv.list_dialects())

# --- csv_strict_error
import csv
list(csv.reader(['a,"b" c'], strict=True))

# --- xml_parse
import xml.etree.ElementTree as ET
root = ET.fromstring("<r a='1'><b>x<c/>tail</b><b k='é'>&lt;y&gt;</b><!-- n --></r>")
print(root.tag, root.attrib, [b.text for b in root.iter("b")], root.find("b/c").tail, root.findall("b[@k]"and"b[@k]")[0].get("k"), ET.tostring(root), len(root), root.findtext("b"))

# --- xml_build
import xml.etree.ElementTree as ET
r = ET.Element("root", version="1")
ET.SubElement(r, "item", id="a&b").text = "1 < 2 é"
ET.SubElement(r, "item").append(ET.Comment("note"))
ET.indent(r)
print(ET.tostring(r, encoding="unicode"), ET.tostring(r, encoding="utf-8", xml_declaration=True))

# --- xml_namespaces
import xml.etree.ElementTree as ET
r = ET.fromstring('<a:r xmlns:a="urn:1" xmlns="urn:2"><b a:x="1"/></a:r>')
print(r.tag, r[0].tag, r[0].attrib, r.find("n:b", {"n": "urn:2"}) is r[0], ET.tostring(r))

# --- xml_error
import xml.etree.ElementTree as ET
ET.fromstring("<a><b></a>")

# --- xml_minidom
from xml.dom import minidom
d = minidom.parseString("<a><b c='1'>t</b></a>")
print(d.toprettyxml(indent=" "), d.getElementsByTagName("b")[0].getAttribute("c"), d.documentElement.firstChild.toxml())

# --- xml_sax
import xml.sax
class H(xml.sax.ContentHandler):
    def startElement(self, n, a): print("start", n, dict(a))
    def endElement(self, n): print("end", n)
    def characters(self, c): print("text", repr(c))
xml.sax.parseString(b"<a x='1'>hi<b/></a>", H())

# --- xml_iterparse
import io, xml.etree.ElementTree as ET
for event, e in ET.iterparse(io.BytesIO(b"<a><b>1</b><b>2</b></a>"), ["start", "end"]):
    print(event, e.tag, e.text)

# --- html_parser
from html.parser import HTMLParser
class P(HTMLParser):
    def handle_starttag(self, t, a): print("<", t, a)
    def handle_endtag(self, t): print(">", t)
    def handle_data(self, d): print("data", repr(d))
    def handle_comment(self, d): print("comment", d)
    def handle_decl(self, d): print("decl", d)
P().feed("<!DOCTYPE html><p class=a id='b'>x &amp; y<br/><!-- c --><A HREF=q>l</a>")

# --- html_escape
import html
print(html.escape("<a href=\"x\">'&'</a>"), html.unescape("&lt;&eacute;&#233;&#xe9;&notit;&unknown;&amp"), html.entities.html5["hearts;"])

# --- toml
import tomllib
print(tomllib.loads("""
title = "é \\u00e9"
n = 0x_ff
f = 1e3
d = 2024-05-06T07:08:09Z
day = 2024-05-06
a = [1, [2, "x"], {k = true}]
text = '''raw \\n
line'''
[t.sub."quoted key"]
x = inf
[[arr]]
y = 1
[[arr]]
y = 2
"""))

# --- toml_errors
import tomllib
for text in ("a = ", "a = 1\na = 2", "[a]\n[a]", "a = 'x", "= 1", "a = 01", "a = 2024-13-01", "a.b = 1\n[a.b]"):
    try:
        print(tomllib.loads(text))
    except tomllib.TOMLDecodeError as e:
        print(repr(text), e)

# --- configparser
import configparser, io
c = configparser.ConfigParser()
c.read_string("[DEFAULT]\nbase = /opt\n[a]\npath = %(base)s/a\nn: 5\nflag = yes\nlong = one\n  two\n; comment\n[b]\n")
print(c.sections(), c["a"]["path"], c.getint("a", "n"), c.getboolean("a", "flag"), c["a"]["long"], c.get("b", "x", fallback="f"), dict(c["b"]))
f = io.StringIO()
c["b"]["new"] = "1"
c.write(f)
print(f.getvalue())

# --- configparser_missing
import configparser
configparser.ConfigParser().get("a", "b")

# --- configparser_duplicate
import configparser
configparser.ConfigParser().read_string("[a]\nx=1\nx=2")

# --- plist
import plistlib, datetime
data = plistlib.dumps({"a": [1, 2.5, True, b"xy", datetime.datetime(2024, 1, 2)], "b": "é"})
print(data.decode(), plistlib.loads(data), plistlib.loads(plistlib.dumps({"a": 1}, fmt=plistlib.FMT_BINARY)))

# --- mimetypes
import mimetypes
mimetypes.init([])
print([mimetypes.guess_type(n) for n in ("a.csv", "b.tar.gz", "c.png", "d.unknown", "e.json", "f.html")])
