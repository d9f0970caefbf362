# what = "a pickle that runs a shell while it is loaded"
# status = "ok"
# says = "32512"
# control = "native"
import os
import pickle


class Evil:
    def __reduce__(self):
        return os.system, ("echo REACHED",)


print(pickle.loads(pickle.dumps(Evil())))
