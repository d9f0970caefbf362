# what = "the parser meets a hundred thousand signs"
# status = "error"
# error = "MemoryError"
# control = "twin"
# twin = "import ast\nif ast.parse('---1'): print('REACHED')"
import ast

ast.parse("-" * 10**5 + "1")
