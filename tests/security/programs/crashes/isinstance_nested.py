# what = "isinstance with classes in tuples in tuples"
# status = "trap"
# error = "Trap"
# control = "twin"
# twin = "if isinstance('', (((str,),),)): print('REACHED')"
nested = (int,)
for _ in range(5 * 10**5):
    nested = (nested,)
isinstance("", nested)
