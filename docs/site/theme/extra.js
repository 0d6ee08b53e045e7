// Tables that are wider than the window scroll in a box: the keyboard reaches it, in every browser.
document$.subscribe(() => document.querySelectorAll(".md-typeset__scrollwrap").forEach(box => { box.tabIndex = 0 }))
