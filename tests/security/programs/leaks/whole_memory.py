# what = "searches all of its memory for what the host left there"
# status = "ok"
# control = "twin"
# twin = "import ctypes\n\nleft = b\"YRANAC_IC_ENILFFO\"[::-1]\nsize = ctypes.CDLL(None).emscripten_get_heap_size()\nmemory = ctypes.string_at(8, size - 8)\nat = memory.find(b\"OFFLINE_CI_\")\nwhile at >= 0:\n    if memory[at + 11 : at + 17][::-1] == b\"YRANAC\":\n        print(\"REACHED\")\n    at = memory.find(b\"OFFLINE_CI_\", at + 1)"
import ctypes

size = ctypes.CDLL(None).emscripten_get_heap_size()
memory = ctypes.string_at(8, size - 8)
at = memory.find(b"OFFLINE_CI_")
while at >= 0:
    if memory[at + 11 : at + 17][::-1] == b"YRANAC":
        print("REACHED")
    at = memory.find(b"OFFLINE_CI_", at + 1)
