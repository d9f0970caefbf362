# what = "displays large texts for ever"
# status = "output_limit"
# limit = "output_bytes"
# control = "twin"
# twin = "display('small')\nprint('REACHED')"
while True:
    display("x" * 200_000)
