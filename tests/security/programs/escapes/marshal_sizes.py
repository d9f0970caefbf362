# what = "unmarshals a string that says that it has two gigabytes"
# status = "error"
# error = "OverflowError"
# control = "twin"
# twin = "import marshal\n\nprint(\"REACHED\", marshal.loads(b\"s\\x03\\0\\0\\0abc\"))"
import marshal

print("REACHED", len(marshal.loads(b"s\xff\xff\xff\x7f" + b"x" * 64)))
