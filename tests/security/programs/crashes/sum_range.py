# what = "a sum that C code computes for years"
# status = "time_limit"
# limit = "time_s"
# control = "hangs"
sum(range(10**18))
