# what = "a figure of 400 million pixels"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "twin"
# twin = "import matplotlib.pyplot as plt\nplt.figure(figsize=(2, 2)).savefig('small.png')\nprint('REACHED')"
import matplotlib.pyplot as plt

plt.figure(figsize=(200, 200), dpi=100).savefig("giant.png")
