# what = "sends mail with smtplib"
# status = "error"
# error = "gaierror"
# control = "native"
import smtplib

try:
    smtplib.SMTP("127.0.0.1", int("@PORT@"), timeout=0.3)
except smtplib.SMTPServerDisconnected:
    print("REACHED")
