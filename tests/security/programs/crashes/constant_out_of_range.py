# what = "byte code that loads constant number 268435455"
# status = "trap"
# error = "Trap"
# control = "dies"
import dis


def f():
    return 1


wide = dis.opmap["EXTENDED_ARG"]
code = bytes([wide, 0x0F, wide, 0xFF, wide, 0xFF, dis.opmap["LOAD_CONST"], 0xFF])
f.__code__ = f.__code__.replace(co_code=code + f.__code__.co_code)
f()
