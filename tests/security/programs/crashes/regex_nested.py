# what = "a regular expression of two thousand groups in groups"
# status = "error"
# error = "RecursionError"
# control = "twin"
# twin = "import re\nif re.match('((a))', 'a'): print('REACHED')"
import re

re.compile("(" * 2_000 + ")" * 2_000)
