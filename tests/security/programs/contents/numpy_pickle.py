# what = "an array file that is a pickle that ends the process"
# status = "exit"
# control = "dies"
import io
import os
import pickle


class Evil:
    def __reduce__(self):
        return os._exit, (9,)


try:
    import numpy
except ImportError:
    pickle.load(io.BytesIO(pickle.dumps(Evil())))
else:
    data = io.BytesIO()
    numpy.save(data, numpy.array([Evil()], dtype=object), allow_pickle=True)
    data.seek(0)
    numpy.load(data, allow_pickle=True)
