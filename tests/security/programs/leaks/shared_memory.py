# what = "looks into memory that processes share"
# status = "error"
# error = "ModuleNotFoundError"
# control = "native"
from multiprocessing import shared_memory

shared_memory.SharedMemory(create=True, size=16).unlink()
print("REACHED")
