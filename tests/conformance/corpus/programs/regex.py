# --- search_and_groups
import re
m = re.search(r"(?P<user>\w+)@(?P<host>[\w.]+)", "mail bob@example.com now")
print(m, m.group(), m.group("user", "host"), m.groupdict(), m.span(2), m.start(), m["user"], m.lastgroup, m.expand(r"\2:\g<user>"))

# --- no_match
import re
print(re.match("a", "ba"), re.fullmatch("a+", "aab"), re.findall("z", "abc"))
re.search("z", "abc").group()

# --- findall_shapes
import re
print(re.findall(r"\d+", "a1b22c333"), re.findall(r"(\w)(\d)", "a1b2"), re.findall(r"(a)|b", "ab"), re.findall("", "ab"), [m.span() for m in re.finditer("aa", "aaaa")])

# --- split
import re
print(re.split(r"[,;]\s*", "a, b;c"), re.split(r"(-)", "a-b-c"), re.split(r"x*", "axbc"), re.split(r"\W+", "Words, words.", maxsplit=1))

# --- sub
import re
print(re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world"), re.sub(r"\d", lambda m: str(int(m[0]) * 2), "a1b5"), re.subn("a", "b", "banana", count=2), re.sub("x*", "-", "abxd"), re.sub(r"(a)|b", r"[\1]", "ab"))

# --- flags
import re
print(re.findall("^a", "a\nA\na", re.M | re.I), re.findall("a.b", "a\nb", re.S), re.findall(r"a  b # comment", "ab", re.X), re.search(r"(?i:A)b", "ab"), re.findall(r"\w+", "é a", re.A), re.I | re.M)

# --- lookaround
import re
print(re.findall(r"(?<=\$)\d+", "$5 6 $7"), re.findall(r"\w+(?=!)", "hi! yo"), re.findall(r"\b(?!not)\w+", "not is"), re.findall(r"(?<!\d)\d{2}(?!\d)", "12 345 67"))

# --- greedy_lazy_possessive
import re
print(re.findall("<.*>", "<a><b>"), re.findall("<.*?>", "<a><b>"), re.findall("a{2,3}", "aaaaaaa"), re.search("a++b", "aaab"), re.search("a++a", "aaa"), re.search("(?>a+)b", "aab"))

# --- backreferences
import re
print(re.findall(r"(\w)\1", "hello book"), re.search(r"(?P<q>['\"]).*?(?P=q)", "say 'it' \"x\""), re.search(r"(a)?b(?(1)c|d)", "bd abc"))

# --- unicode
import re
print(re.findall(r"\w+", "Ünïcödé 漢字 test_1"), re.findall(r"\d+", "٣٤ 12"), re.findall(r"[α-ω]+", "abc αβγ"), re.search("ß", "STRASSE", re.I), re.search("k", "\u212a", re.I), re.findall(r"\s", "a\u2003b"))

# --- bytes
import re
print(re.findall(rb"\w+", b"ab \xe9 c"), re.sub(b"a", b"b", b"banana"))
re.search("a", b"a")

# --- escape
import re
print(re.escape("a.b*c[d] é-\n"), re.fullmatch(re.escape("1+1=2?"), "1+1=2?"))

# --- compile_errors
import re
for p in ("(", ")", "[a", "*a", "a**", "(?P<1>a)", "(?P<a>x)(?P<a>y)", r"\1", "(?<=a+)b", "a{2,1}", "[z-a]", r"\q", "(?z)", "(?P=x)", "x(?i)", "(?<n>a)"):
    try:
        print(p, re.compile(p))
    except re.error as e:
        print(p, type(e).__name__, e, e.pos, e.lineno)

# --- uncaught_error
import re
re.compile("(unclosed")

# --- pattern_object
import re
p = re.compile(r"(\d+)-(?P<n>\w)", re.I)
print(p.pattern, p.flags, p.groups, p.groupindex, p.search("x 1-a", 1, 5), p == re.compile(r"(\d+)-(?P<n>\w)", re.I), repr(p))

# --- match_object
import re
m = re.match(r"(a)(b)?", "ac")
print(m.groups(), m.groups("-"), m.span(2), m.regs, m.re.pattern, m.string, m.pos, m.endpos, m[0], bool(m), m.lastindex)

# --- group_missing
import re
re.match("a", "a").group(3)

# --- scanner
import re
lexer = re.Scanner([(r"\d+", lambda s, t: ("N", int(t))), (r"[+*-]", lambda s, t: ("O", t)), (r"\s+", None)])
print(lexer.scan("1 + 22*3 x"))

# --- verbose_number
import re
number = re.compile(r"""
    [-+]?            # sign
    (?:\d+\.?\d*|\.\d+)
    (?:[eE][-+]?\d+)?  # exponent
""", re.VERBOSE)
print(number.findall("1 -2.5 .5 3e10 +4.e-2 x"))

# --- case_table
import re
for text in ("snake_case_name", "camelCaseName", "HTTPServer2Go"):
    print(re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text).lower(), re.sub(r"_(\w)", lambda m: m[1].upper(), text))

# --- log_lines
import re
log = """127.0.0.1 - - [10/Oct/2000:13:55:36] "GET /a.gif" 200 2326
10.0.0.5 - bob [10/Oct/2000:13:55:40] "POST /b" 404 -"""
for m in re.finditer(r'^(\S+) \S+ (\S+) \[(.*?)\] "(\w+) (\S+)" (\d{3}) (\d+|-)$', log, re.M):
    print(m.groups())

# --- catastrophic_but_short
import re
print(re.match(r"(a+)+$", "a" * 18 + "b"), re.match(r"(?:a|aa)+$", "a" * 20).end())

# --- long_text
import re
text = "word " * 20000
print(len(re.findall(r"\bw\w+d\b", text)), re.sub(r"\s+", " ", text).count(" "), re.search(r"x", text))
