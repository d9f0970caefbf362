# --- wrap
import textwrap
text = "The quick brown fox jumped over the lazy dog, and a-very-long-hyphenated-word followed supercalifragilistic."
print("\n".join(textwrap.wrap(text, 24)))
print(textwrap.fill(text, 30, initial_indent="* ", subsequent_indent="  "))
print(textwrap.shorten(text, 40), textwrap.wrap(text, 10, break_long_words=False)[:3])

# --- dedent_and_indent
import textwrap
print(repr(textwrap.dedent("""\
    a
      b

    c""")), repr(textwrap.indent("a\n\nb", "> ")), repr(textwrap.indent("a\n\nb", "> ", lambda line: True)))

# --- wrap_too_narrow
import textwrap
textwrap.wrap("a b", 0)

# --- unified_diff
import difflib
a = "one\ntwo\nthree\nfour\n".splitlines(True)
b = "one\n2\nthree\nfour\nfive\n".splitlines(True)
print("".join(difflib.unified_diff(a, b, "a.txt", "b.txt")))
print("".join(difflib.context_diff(a, b, "a.txt", "b.txt")))

# --- ndiff
import difflib
d = list(difflib.ndiff(["colour\n", "b\n"], ["color\n", "b\n", "c\n"]))
print("".join(d), list(difflib.restore(d, 1)))

# --- close_matches
import difflib
print(difflib.get_close_matches("appel", ["ape", "apple", "peach", "puppy"]), round(difflib.SequenceMatcher(None, "abcd", "bcde").ratio(), 4), difflib.SequenceMatcher(None, "qabxcd", "abycdf").get_opcodes())

# --- template
from string import Template
t = Template("$who owes ${amount}EUR $$5")
print(t.substitute(who="Ann", amount=3), t.safe_substitute(who="Bob"), t.get_identifiers(), t.is_valid())
t.substitute(who="Ann")

# --- template_bad
from string import Template
Template("costs $").substitute()

# --- string_constants
import string
print(string.ascii_letters, string.digits, string.punctuation, repr(string.whitespace), string.capwords("a  b c"))

# --- formatter
import string
print(list(string.Formatter().parse("a{b!r:>{w}}c{{d}}")), string.Formatter().vformat("{0} {k}", [1], {"k": 2}))

# --- shlex
import shlex
print(shlex.split("a 'b c' d\\ e \"f g\" # h"), shlex.quote("it's"), shlex.join(["a b", "c"]), list(shlex.shlex("a+=b;c", punctuation_chars=True)))

# --- shlex_unclosed
import shlex
shlex.split("a 'b")

# --- word_count
import re
from collections import Counter
text = "It was the best of times, it was the worst of times, it was the age of wisdom"
print(Counter(re.findall(r"\w+", text.lower())).most_common(4), {len(w) for w in text.split()})

# --- caesar_and_rle
from itertools import groupby
import string
def caesar(s, k): return s.translate(str.maketrans(string.ascii_lowercase, string.ascii_lowercase[k:] + string.ascii_lowercase[:k]))
print(caesar("hello world", 3), caesar(caesar("abc", 5), 21), [(c, len(list(g))) for c, g in groupby("aaabccd")])

# --- levenshtein
def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]
print(distance("kitten", "sitting"), distance("", "abc"), distance("flaw", "lawn"))

# --- quopri_and_headers
import quopri
from email.header import Header, decode_header
print(quopri.encodestring("Grüße = ok\n".encode()), quopri.decodestring(b"a=3D=C3=A9"), Header("Grüße", "utf-8").encode(), decode_header("=?utf-8?q?Gr=C3=BC=C3=9Fe?="))

# --- email_message
from email.message import EmailMessage
from email import message_from_string, policy
m = EmailMessage()
m["Subject"] = "Grüße"
m["From"] = "Ann <ann@example.com>"
m["To"] = "bob@example.com, cy@example.com"
m.set_content("Hällo\nline 2\n")
print(m.as_string())
p = message_from_string(m.as_string(), policy=policy.default)
print(p["subject"], p.get_content(), p["to"].addresses[1].username)

# --- email_attachment
from email.message import EmailMessage
m = EmailMessage()
m["Subject"] = "data"
m.set_content("see file")
m.add_attachment(b"a,b\n1,2\n", maintype="text", subtype="csv", filename="d.csv")
print([(p.get_content_type(), p.get_filename(), p.is_multipart()) for p in m.walk()], list(m.iter_attachments())[0].get_content())

# --- url_parsing
from urllib.parse import *
u = urlparse("https://user:pw@example.com:8080/a/b;p?q=1&q=2&e=#frag")
print(u, u.port, u.hostname, parse_qs(u.query, keep_blank_values=True), parse_qsl(u.query), urljoin("http://a/b/c", "../d?x"), quote("a b/ü&"), quote_plus("a b"), unquote("%C3%BC+%20"), urlencode({"a": [1, 2], "b": "ü"}, doseq=True))

# --- url_bad_port
from urllib.parse import urlsplit
urlsplit("http://a:99999/").port

# --- ip_addresses
import ipaddress
n = ipaddress.ip_network("192.168.0.0/29")
print(list(n.hosts())[:2], n.num_addresses, n.netmask, ipaddress.ip_address("::1").exploded, ipaddress.ip_address("10.0.0.1") in ipaddress.ip_network("10.0.0.0/8"), list(n.subnets(new_prefix=30)))
ipaddress.ip_address("256.1.1.1")

# --- table
rows = [("name", "qty", "price"), ("apple", 3, 1.5), ("Birne", 12, 0.25)]
for n, q, p in rows:
    print(f"{n:<8}|{q:>5}|{p:>8}" if isinstance(p, str) else f"{n:<8}|{q:>5}|{p:>8.2f}")

# --- roman
def roman(n):
    out = ""
    for v, s in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        out += s * (n // v)
        n %= v
    return out
print([roman(n) for n in (4, 9, 14, 1994, 2024)])
