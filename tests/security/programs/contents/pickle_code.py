# what = "a pickle that reads the host's file while it is loaded"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import pickle


class Evil:
    def __reduce__(self):
        return exec, ("assert open('@FILE@').read() == 'canary'; print('REACHED')",)


pickle.loads(pickle.dumps(Evil()))
