# what = "byte code that jumps half a gigabyte forward"
# status = "trap"
# error = "Trap"
# control = "dies"
import dis


def f():
    return 1


wide = dis.opmap["EXTENDED_ARG"]
code = bytes([wide, 0x0F, wide, 0xFF, wide, 0xFF, dis.opmap["JUMP_FORWARD"], 0xFF])
f.__code__ = f.__code__.replace(co_code=code + f.__code__.co_code)
f()
