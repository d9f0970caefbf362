# what = "ends the program with SystemExit"
# status = "exit"
# control = "dies"
raise SystemExit(5)
