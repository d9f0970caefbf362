# what = "XML with one long entity, used a thousand times"
# status = "error"
# error = "ParseError"
# says = "amplification"
# control = "twin"
# twin = """
# import xml.etree.ElementTree as E
# print(E.fromstring('<!DOCTYPE a [<!ENTITY b "REACHED">]><a>&b;&b;</a>').text)
# """
import xml.etree.ElementTree

xml.etree.ElementTree.fromstring(f"<!DOCTYPE a [<!ENTITY b '{'x' * 100_000}'>]><a>{'&b;' * 2_000}</a>")
print("REACHED")
