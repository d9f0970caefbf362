# --- normalize
import unicodedata
for form in ("NFC", "NFD", "NFKC", "NFKD"):
    print(form, [hex(ord(c)) for c in unicodedata.normalize(form, "é①ﬁÅ")])

# --- names
import unicodedata
print([unicodedata.name(c) for c in "aé€😀ß"], unicodedata.lookup("SNOWMAN"), unicodedata.name("\x00", "none"))

# --- no_name
import unicodedata
unicodedata.name("\x00")

# --- categories
import unicodedata
print([(c, unicodedata.category(c), unicodedata.bidirectional(c), unicodedata.east_asian_width(c)) for c in "aA1 ٣א漢.$"])

# --- numeric_values
import unicodedata
print(unicodedata.numeric("½"), unicodedata.digit("²"), unicodedata.decimal("٣"), unicodedata.decimal("x", -1))

# --- version
import unicodedata
print(unicodedata.unidata_version)

# --- utf_encodings
for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-16", "utf-32-le", "utf-8-sig", "utf-7"):
    data = "aé€😀".encode(encoding)
    print(encoding, data, data.decode(encoding))

# --- single_byte_encodings
for encoding in ("latin-1", "cp1252", "cp437", "iso8859-15", "koi8-r", "mac-roman", "cp1251"):
    data = bytes(range(0xE0, 0xF0))
    print(encoding, data.decode(encoding))

# --- asian_encodings
for encoding in ("gb2312", "gbk", "gb18030", "big5", "shift_jis", "euc-jp", "iso2022_jp", "euc-kr"):
    try:
        print(encoding, "漢字".encode(encoding))
    except UnicodeEncodeError as error:
        print(encoding, error)

# --- error_handlers
for handler in ("ignore", "replace", "xmlcharrefreplace", "backslashreplace", "namereplace"):
    print(handler, "aé€😀".encode("ascii", handler))
for handler in ("ignore", "replace", "backslashreplace", "surrogateescape"):
    print(handler, ascii(b"a\xffb\xc3".decode("utf-8", handler)))

# --- decode_error
b"abc\xff".decode("utf-8")

# --- encode_error
"naïve".encode("ascii")

# --- unknown_encoding
"a".encode("no-such-encoding")

# --- surrogate_encode_error
"\ud83d".encode("utf-8")

# --- text_codecs
import codecs
print(codecs.encode("Hello", "rot13"), codecs.encode(b"hi", "hex"), codecs.decode("a\\u00e9\\n", "unicode_escape"), "bücher.example".encode("idna"), "bücher".encode("punycode"))

# --- incremental_decoder
import codecs
decoder = codecs.getincrementaldecoder("utf-8")()
print([decoder.decode(bytes([b])) for b in "é€😀".encode()], repr(decoder.decode(b"", True)))

# --- stream_reader
import codecs, io
reader = codecs.getreader("utf-16")(io.BytesIO("line 1\nline 2é\n".encode("utf-16")))
print(reader.readlines())

# --- lengths
for s in ("e\u0301", "é", "👨‍👩‍👧", "🇩🇪", "नि"):
    print(len(s), len(s.encode()), [hex(ord(c)) for c in s], s[::-1] == s)

# --- casefold_comparison
pairs = [("ß", "SS"), ("İ", "i̇"), ("ς", "σ"), ("ﬀ", "ff"), ("Ǆ", "ǆ")]
print([(a.casefold() == b.casefold(), a.upper(), a.lower(), a.title()) for a, b in pairs])

# --- ascii_and_repr
for s in ("é", "\u200b", "\U0001f600", "\ue000", "\u0378", "\ud800"):
    print(ascii(s), ascii(repr(s)), s.isprintable())

# --- identifiers
é = 1
ﬁ = 2
print(é, fi, "fi" in globals(), "变量".isidentifier())

# --- non_latin_whitespace
print("a\u2003b\u00a0c\u200bd".split(), "\u1680".isspace())

# --- codec_names
import codecs
print([codecs.lookup(name).name for name in ("UTF8", "latin1", "L1", "cp1252", "U16", "646")])
