"""What goes in and out over HTTP, named by direction: `…Create` and `…Update` in, `…Public` out.

Inputs refuse fields they do not know, so a misspelt field is an error and not a silent default.
Outputs refuse them as well: when the domain's document gains a field, a test says so here.
"""
