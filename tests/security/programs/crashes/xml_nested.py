# what = "writes XML nested a hundred thousand times"
# status = "error"
# error = "RecursionError"
# control = "twin"
# twin = "import xml.etree.ElementTree as ET\nif ET.tostring(ET.fromstring('<a><a/></a>')): print('REACHED')"
import xml.etree.ElementTree as ET

tree = ET.fromstring("<a>" * 10**5 + "</a>" * 10**5)
ET.tostring(tree)
