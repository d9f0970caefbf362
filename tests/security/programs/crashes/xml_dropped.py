# what = "drops XML nested a hundred thousand times"
# status = "trap"
# error = "Trap"
# control = "twin"
# twin = "import xml.etree.ElementTree as ET\ntree = ET.fromstring('<a/>')\ndel tree\nprint('REACHED')"
import xml.etree.ElementTree as ET

tree = ET.fromstring("<a>" * 10**5 + "</a>" * 10**5)
del tree
