# what = "XML whose entities grow to thousands of millions, read by lxml"
# status = "error"
# error = "XMLSyntaxError"
# control = "twin"
# twin = """
# import lxml.etree as E
# print(E.fromstring('<!DOCTYPE a [<!ENTITY b "REACHED">]><a>&b;</a>').text)
# """
import lxml.etree

lines = ['<!ENTITY e0 "ha">'] + [f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10)]
lxml.etree.fromstring(f"<!DOCTYPE a [{''.join(lines)}]><a>&e9;</a>")
print("REACHED")
