"""Pages that are wrong in one way each, with what must be said of it: a check that finds nothing
would pass every page."""

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>t</title>
<style>:focus-visible { outline: 2px solid blue }</style></head>
<body><main><h1>h</h1>%s</main></body></html>"""

PAGES = {
    "wide": ("<div style='width:1400px'>x</div>", "pixels wide in a window"),
    "cut": ("<p style='overflow:hidden;white-space:nowrap;width:9em'>%s</p>" % ("long " * 20),
            "cuts off"),
    "scrolls": ("<div style='overflow-x:auto'><div style='width:1400px'>x</div></div>",
                "no key gets there"),
    "sizeless": ("<svg role='img' aria-label='x' width='0' height='0'></svg>",
                 "a picture without a size"),
    "nameless": ("<svg role='img' width='90' height='90'></svg>", "a picture without a name"),
    "no picture": ("<img src='data:,' alt='x' width='50' height='50'>", "that is not there"),
    "loads": ("<img src='nowhere.png' alt='x' width='50' height='50'>", "console:"),
    "twins": ("<p id='a'>x</p><p id='a'>y</p>", "another element's too"),
    "dead link": ("<a href='#nowhere'>x</a>", "which is not there"),
    "rank": ("<h3>x</h3>", "a heading of rank 3"),
    "headless": ("<table><caption>c</caption><tr><td>1</td></tr></table>", "without headers"),
    "scopeless": ("<table><caption>c</caption><tr><th>1</th></tr></table>", "without a scope"),
    "unnamed": ("<table><tr><th scope='row'>1</th></tr></table>", "without a name"),
    "unseen focus": ("<style>a { outline: none !important }</style><a href='#' id='x'>x</a>",
                     "does not show that it has the focus"),
    "pale": ("<p style='color:#999'>x</p>", "a contrast of"),
    "pale in the dark": ("<style>@media (prefers-color-scheme: dark) { body { background: #111;"
                         "color: #444 } }</style><p>x</p>", "dark: <h1> \"h\": a contrast of"),
    "complains": ("<script>console.error('x')</script>", "console:"),
    "throws": ("<script>nothing()</script>", "console:"),
}
