"""The pages that portsim writes, each made by its own commands.

A page is a row: a name, what makes it (given portsim's caller and an empty folder, gives back the
file), and, where a page can do something, what it must do (given the browser, gives back faults).
"""
import collections

Page = collections.namedtuple("Page", "name make inside", defaults=(None,))

PAGES = []
