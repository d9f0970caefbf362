# what = "a pickle that calls os.abort"
# status = "trap"
# error = "Trap"
# control = "dies"
import pickle

pickle.loads(b"cos\nabort\n(tR.")
