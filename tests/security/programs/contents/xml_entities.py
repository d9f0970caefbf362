# what = "XML whose entities grow to thousands of millions, read by the standard library"
# status = "error"
# error = "ParseError"
# says = "amplification"
# control = "twin"
# twin = """
# import xml.etree.ElementTree as E
# print(E.fromstring('<!DOCTYPE a [<!ENTITY b "REACHED">]><a>&b;</a>').text)
# """
import xml.etree.ElementTree

lines = ['<!ENTITY e0 "ha">'] + [f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10)]
xml.etree.ElementTree.fromstring(f"<!DOCTYPE a [{''.join(lines)}]><a>&e9;</a>")
print("REACHED")
