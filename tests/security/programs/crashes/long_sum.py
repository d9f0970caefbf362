# what = "compiles a sum of a hundred thousand terms"
# status = "trap"
# error = "Trap"
# control = "twin"
# twin = "if eval('+'.join(['1'] * 100)) == 100: print('REACHED')"
eval("+".join(["1"] * 10**5))
