# what = "two exceptions that are each other's cause"
# status = "error"
# error = "ValueError"
# says = "one"
# control = "twin"
# twin = "try:\n    raise ValueError('one') from TypeError('other')\nexcept ValueError:\n    print('REACHED')"
one, other = ValueError("one"), TypeError("other")
one.__cause__, other.__cause__ = other, one
raise one
