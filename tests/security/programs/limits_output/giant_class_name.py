# what = "an exception whose class has a name of ten million characters"
# status = "error"
# error = "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
# control = "twin"
# twin = "try:\n    raise type('Own', (Exception,), {})\nexcept Exception as error:\n    print('REACHED')"
raise type("X" * 10**7, (Exception,), {})
