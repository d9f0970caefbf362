# what = "names a file with more bytes than a name may have"
# status = "error"
# error = "OSError"
# says = "name too long"
# control = "twin"
# twin = "open(\"a\" * 255, \"w\").close()\nprint(\"REACHED\")"
open("a" * 256, "w").close()
print("REACHED")
