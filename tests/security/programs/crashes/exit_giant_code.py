# what = "an exit status with five thousand digits"
# status = "exit"
# control = "dies"
raise SystemExit(10**5_000)
