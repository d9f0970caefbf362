# what = "looks for a folder of the host in every function that the collector knows"
# status = "ok"
# control = "native"
import gc
import types

functions = [one for one in gc.get_objects() if isinstance(one, types.FunctionType)]
if not all(one.__code__.co_filename.startswith(("<", "/lib/python3.14/")) for one in functions):
    print("REACHED")
