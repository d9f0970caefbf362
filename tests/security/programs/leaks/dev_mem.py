# what = "reads the machine's memory through /dev/mem"
# status = "error"
# error = "FileNotFoundError"
# control = "twin"
# twin = "open(\"/dev/zero\", \"rb\").read(16)\nprint(\"REACHED\")"
open("/dev/mem", "rb").read(16)
print("REACHED")
