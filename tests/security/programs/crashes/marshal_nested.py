# what = "corrupt marshal data: a million tuples in tuples"
# status = "error"
# error = "ValueError"
# control = "twin"
# twin = "import marshal\nif marshal.loads(marshal.dumps(((),))) == ((),): print('REACHED')"
import marshal

marshal.loads(b")\x01" * 10**6)
