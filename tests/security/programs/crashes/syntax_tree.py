# what = "compiles a syntax tree that is built a hundred thousand levels deep"
# status = "error"
# error = "RecursionError"
# control = "twin"
# twin = "import ast\nif compile(ast.parse('-1'), 't', 'exec'): print('REACHED')"
import ast

node = ast.Constant(1, lineno=1, col_offset=0)
for _ in range(10**5):
    node = ast.UnaryOp(ast.USub(), node, lineno=1, col_offset=0)
compile(ast.Expression(node), "tree", "eval")
