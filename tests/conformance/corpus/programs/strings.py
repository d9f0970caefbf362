# --- split_whitespace
print("  a  b\tc\nd ".split(), "a,b,,c".split(","), "a,b,,c".rsplit(",", 1), "".split(), "".split(","))

# --- missing_index
"abc".index("z")

# --- splitlines
print("a\nb\r\nc\x0bd\x85e\u2028f".splitlines(), "a\n\nb\n".splitlines(keepends=True))

# --- partition
print("key=value=x".partition("="), "key=value=x".rpartition("="), "none".partition("="))

# --- strip
print(repr("  x ".strip()), repr("xxabcxx".strip("x")), repr("www.example.com".lstrip("w.")), repr("a\u3000".rstrip()))

# --- remove_affixes
print("test_name.py".removeprefix("test_").removesuffix(".py"), "abc".removeprefix("x"))

# --- justify
print([s.format("ab") for s in ("{:<6}|", "{:>6}|", "{:^7}|", "{:*^7}|")], "7".zfill(3), "-7".zfill(4), "a".center(4, "-"))

# --- case
print("hello wORLD".title(), "they're bill's".capitalize(), "ßtraße".upper(), "İ".lower().encode(), "Straße".casefold(), "aB".swapcase())

# --- predicates
for s in ("abc", "123", "½", "Ⅷ", "a1", "", " ", "_x", "1x", "True", "²"):
    print(s, s.isalpha(), s.isdigit(), s.isdecimal(), s.isnumeric(), s.isalnum(), s.isidentifier(), s.isspace(), s.istitle())

# --- translate
table = str.maketrans({"a": "1", "b": None, "c": "xyz"})
print("aabbcc".translate(table), "hello".translate(str.maketrans("el", "ip", "o")))

# --- replace_and_count
print("aaaa".replace("aa", "b"), "aaaa".replace("a", "b", 2), "abc".replace("", "-"), "aaaa".count("aa"), "abc".count(""))

# --- find
s = "the cat sat on the mat"
print(s.find("the"), s.rfind("the"), s.find("dog"), s.find("at", 6), s.startswith(("a", "t")), s.endswith("mat"), s.find(""))

# --- join
print("-".join("abc"), ", ".join(str(n) for n in range(4)), repr("".join([])))

# --- join_wrong_type
", ".join(["a", 1])

# --- slices
s = "abcdefgh"
print(s[::2], s[::-1], s[-3:], s[:-3], s[5:2], s[10:], s[6:1:-2], s[slice(1, None, 3)])

# --- index_out_of_range
"abc"[3]

# --- multiply_and_add
print("ab" * 3, "ab" * 0, "ab" * -1, "a" "b" + "c", "b" in "abc", "" in "")

# --- expandtabs
print(repr("a\tbc\td".expandtabs(4)), repr("a\tb\n\tc".expandtabs()))

# --- bytes_methods
b = b"Hello, World"
print(b.lower(), b.split(b", "), b.find(b"W"), b[0], b[:2], b.hex(), b.hex(" ", 2), bytes.fromhex("48 65"), b.center(16, b"*"))

# --- bytearray_changes
b = bytearray(b"abc")
b[0] = 122
b += b"de"
b.insert(1, 33)
del b[2]
b.extend([65, 66])
print(b, b.pop(), len(b), bytes(b), b.find(b"e"))

# --- bytes_out_of_range
bytes([1, 256])

# --- bytes_and_str
b"a" + "b"

# --- escapes
print("tab\tnewline\\n \x41 \u00e9 \N{GREEK SMALL LETTER ALPHA} \101", r"raw\n", b"\x00\xff\n", repr('it\'s "quoted"'), repr("\x00\x7f\x80\xa0"))

# --- immutable
s = "abc"
s[0] = "x"

# --- comparison
print("a" < "b", "a" < "B", "10" < "9", sorted(["b", "A", "a", "B", "ä", "Z"]), max("hello"), "abc" == "abc ")

# --- ord_chr
print(ord("a"), ord("€"), chr(8364), chr(0x1F600), [chr(n) for n in (97, 0x3B1)])

# --- chr_out_of_range
chr(0x110000)

# --- int_of_text
print(int(" 42 "), int("-0b101", 0), int("ff", 16), int("1_000"), int("٣"), int("zz", 36))

# --- int_of_bad_text
int("12.5")

# --- printing
print(1, "a", None, sep="|", end="!\n")
print()
print(*[1, 2], *"ab", sep="")

# --- print_a_lone_surrogate
print("before")
print("\ud800")
