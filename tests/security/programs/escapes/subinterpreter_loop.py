# what = "loops in a second interpreter, which no interrupt reaches"
# status = "time_limit"
# limit = "time_s"
# control = "twin"
# twin = "import _testcapi\n\n_testcapi.run_in_subinterp(\"print('REACHED')\")"
import _testcapi

_testcapi.run_in_subinterp("while True: pass")
