# what = "eval of five thousand parentheses"
# status = "error"
# error = "SyntaxError"
# control = "dies"
eval("(" * 5000 + ")" * 5000)
