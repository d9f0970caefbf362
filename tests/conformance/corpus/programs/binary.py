# --- struct
import struct
print(struct.pack("<iHb?4s", -2, 65535, -1, True, b"ab"), struct.unpack(">hI", b"\xff\xfe\x00\x00\x01\x00"), struct.calcsize("<bxh3si"), struct.unpack_from("<H", b"\0\1\2", 1), list(struct.iter_unpack("<h", b"\1\0\2\0")), struct.pack("5p", b"abc"))

# --- struct_native
import struct
print([struct.calcsize(c) for c in "bhiqfdP"], struct.calcsize("bi"), struct.calcsize("bq"), struct.calcsize("n"))

# --- struct_native_long
import struct
print(struct.calcsize("l"), struct.calcsize("=l"), struct.calcsize("bl"))

# --- struct_out_of_range
import struct
struct.pack("<h", 40000)

# --- struct_wrong_size
import struct
struct.unpack("<i", b"abc")

# --- struct_bad_format
import struct
struct.pack("<z", 1)

# --- memoryview
b = bytearray(b"abcdef")
m = memoryview(b)
m[1:3] = b"XY"
print(b, m[::2].tolist(), m.nbytes, m.format, m.readonly, bytes(m[-2:]), m.cast("H").shape, memoryview(b"12345678").cast("B", (2, 4)).tolist(), m == b)
m.release()
b.append(1)
print(b)

# --- memoryview_holds
b = bytearray(b"abc")
m = memoryview(b)
b.append(1)

# --- memoryview_read_only
memoryview(b"abc")[0] = 1

# --- memoryview_wrong_size
memoryview(bytearray(3))[0:2] = b"abc"

# --- pickle
import pickle, datetime, decimal, collections
data = {"a": [1, 2**70, 1.5, "é", b"b", None, True], "t": (1, {2}), "d": datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc), "x": decimal.Decimal("1.5"), "c": collections.Counter("aab"), "f": len, "r": range(3)}
for p in range(pickle.HIGHEST_PROTOCOL + 1): print(p, pickle.loads(pickle.dumps(data, p)) == data)
print(pickle.dumps([1, "a"], 2), pickle.HIGHEST_PROTOCOL, pickle.DEFAULT_PROTOCOL)

# --- pickle_classes
import pickle
class P:
    def __init__(self, x): self.x, self.y = x, "temp"
    def __getstate__(self): return {"x": self.x}
    def __setstate__(self, s): self.__dict__.update(s, y="restored")
class R:
    def __reduce__(self): return (int, ("42",))
q = pickle.loads(pickle.dumps(P(5)))
print(q.x, q.y, pickle.loads(pickle.dumps(R())))
shared = [1]
a = pickle.loads(pickle.dumps([shared, shared]))
print(a[0] is a[1])

# --- pickle_lambda
import pickle
try: pickle.dumps(lambda: 1)
except pickle.PicklingError as e: print(type(e).__name__, str(e).endswith("it's not found as __main__.<lambda>"))

# --- pickle_bad
import pickle
pickle.loads(b"garbage")

# --- pickle_empty
import pickle
pickle.loads(b"")

# --- pickle_generator
import pickle
pickle.dumps(x for x in [])

# --- pickletools
import pickletools, pickle
pickletools.dis(pickle.dumps({"a": (1, 2)}, 2))

# --- marshal
import marshal
print(marshal.loads(marshal.dumps({"a": [1, 2.5, "é", b"x", None, (1,), frozenset({1})]})))

# --- base64
import base64
d = bytes(range(20))
print(base64.b64encode(d), base64.urlsafe_b64encode(b"\xff\xfe"), base64.b32encode(d), base64.b16encode(d), base64.b85encode(d), base64.a85encode(d), base64.b64decode("aGk="), base64.b32hexencode(b"hi"), base64.encodebytes(d))

# --- base64_bad
import base64
base64.b64decode("abc")

# --- base64_invalid_characters
import base64
print(base64.b64decode("aG k=!"))
base64.b64decode("aG k=!", validate=True)

# --- hex
import binascii
print(binascii.hexlify(b"ab", "-"), binascii.unhexlify("6162"), binascii.crc32(b"abc"), binascii.crc_hqx(b"abc", 0), binascii.b2a_uu(b"data"))
binascii.unhexlify("abc")

# --- hashes
import hashlib
for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s"):
    print(name, hashlib.new(name, b"data").hexdigest())
print(hashlib.shake_128(b"d").hexdigest(10), hashlib.blake2b(b"x", digest_size=8, key=b"k", salt=b"s").hexdigest())

# --- hash_files
import hashlib, io
h = hashlib.sha256()
for _ in range(100): h.update(b"chunk" * 100)
print(h.hexdigest(), h.block_size, h.digest_size, h.name, h.copy().digest() == h.digest(), hashlib.file_digest(io.BytesIO(b"abc"), "md5").hexdigest())

# --- hash_unknown
import hashlib
hashlib.new("no-such-hash")

# --- hash_of_text
import hashlib
hashlib.md5("text")

# --- hmac_and_keys
import hashlib, hmac
print(hmac.new(b"k", b"m", "sha256").hexdigest(), hmac.compare_digest(b"a", b"a"), hashlib.pbkdf2_hmac("sha256", b"pw", b"salt", 1000).hex())

# --- pbkdf2
import hashlib
print(hashlib.pbkdf2_hmac("sha1", b"password", b"salt", 4096).hex(), hashlib.pbkdf2_hmac("sha1", b"passwordPASSWORDpassword", b"saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096, 25).hex(), hashlib.pbkdf2_hmac("sha1", b"pass\0word", b"sa\0lt", 4096, 16).hex())
for name in ("sha256", "SHA512", "sha-224", "sha3_256", "SHA3-512", "blake2b", "blake2s", "md5", "sha384"):
    print(name, hashlib.pbkdf2_hmac(name, bytearray(b"p" * 200), memoryview(b"NaCl"), True, dklen=70).hex())

# --- pbkdf2_errors
import hashlib
for arguments in (("nope", b"p", b"s", 1), ("sha256", b"p", b"s", 0), ("sha256", b"p", b"s", 1, 0), ("sha256", "p", b"s", 1), ("sha256", b"p", "s", 1), (1, b"p", b"s", 1), ("sha256", b"p", b"s", 1.5), ("sha256", b"p", b"s", 1, "9"), ("sha256", b"p", b"s", 2**31), ("sha256", b"p", b"s", 1, 2**31), ("sha256", memoryview(b"abcd")[::2], b"s", 1)):
    try:
        hashlib.pbkdf2_hmac(*arguments)
    except Exception as exc:
        print(type(exc).__name__, exc, isinstance(exc, ValueError))

# --- scrypt
import hashlib
print(hashlib.scrypt(b"pw", salt=b"s", n=16, r=8, p=1, dklen=16).hex())

# --- uuid
import uuid
u = uuid.UUID("12345678-1234-5678-1234-567812345678")
print(u, u.hex, u.int, u.version, u.bytes_le, uuid.uuid5(uuid.NAMESPACE_DNS, "a.b"), uuid.uuid3(uuid.NAMESPACE_URL, "x"), len(str(uuid.uuid4())), uuid.uuid4().version, uuid.uuid7().version)

# --- uuid_bad
import uuid
uuid.UUID("123")

# --- secrets
import secrets
print(len(secrets.token_hex(8)), len(secrets.token_bytes(5)), secrets.randbelow(1), secrets.compare_digest("a", "b"), secrets.choice("x"))

# --- ctypes
import ctypes
class S(ctypes.Structure): _fields_ = [("a", ctypes.c_uint8), ("b", ctypes.c_uint32), ("c", ctypes.c_char * 4)]
s = S(1, 2, b"abc")
print(ctypes.sizeof(S), S.b.offset, bytes(s), ctypes.c_int8(200).value, ctypes.c_uint16(-1).value, S.from_buffer_copy(bytes(12)).a, (ctypes.c_int * 3)(1, 2)[:], ctypes.create_string_buffer(b"x", 4).raw)

# --- ctypes_sizes
import ctypes
print([ctypes.sizeof(t) for t in (ctypes.c_int, ctypes.c_longlong, ctypes.c_double, ctypes.c_short)], ctypes.sizeof(ctypes.c_long), ctypes.sizeof(ctypes.c_void_p), ctypes.sizeof(ctypes.c_wchar), ctypes.sizeof(ctypes.c_longdouble))
