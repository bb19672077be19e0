"""The few sentences that the script says, translated, for the JSON in every page."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """By the name under which `frontend/words.js` finds them; {n} and the like are filled there."""
    return {
        "live": _("Live"),
        "offline": _("Offline"),
        "offline_since": _("Figures as of {time}"),
        "resume": _("Go on"),
        "saving": _("Saving…"),
        "saved_here": _("Offline: kept on this machine, will be saved when the line is back"),
        "not_saved": _("Not saved yet: see the message"),
        "not_answered": _("Not saved yet; it is kept on this machine. Load the page again."),
        "signed_out": _("You are signed out. What you wrote is kept on this machine."),
        "restored": _("What you wrote before is here again."),
        "make_new": _("New: “{name}”"),
        "none_found": _("Nothing found"),
        "people": _("People"),
        "nobody_found": _("Nobody found who may see this"),
        "type_to_search": _("Type a name, a code, or pinyin initials"),
        "selected": _("%(n)s selected").replace("%(n)s", "{n}"),
        "pages": _("Pages"),
        "copied": _("Copied"),
        "pasted": _("%(n)s lines pasted").replace("%(n)s", "{n}"),
        "pasted_in_part": _("%(n)s lines pasted; not found: %(missed)s")
        .replace("%(n)s", "{n}")
        .replace("%(missed)s", "{missed}"),
        "unknown_code": _("No item has the code {code}."),
        "unknown_name": _(
            "Nothing is called “{name}”. Choose something else, or take the line away."
        ),
        "line_taken": _("Line taken away"),
        "undo": _("Undo"),
        "reprint": _("Reprint %(n)s").replace("%(n)s", "{n}"),
        "everywhere": _("Everywhere"),
        "list": _("List"),
        "document": _("Document"),
        "this_page": _("This page"),
        "key_palette": _("Search, go, do"),
        "key_go": _("Go to a job"),
        "key_todo": _("What waits for me"),
        "key_help": _("These keys"),
        "key_back": _("One step back"),
        "key_move": _("Move"),
        "key_open": _("Open"),
        "key_tick": _("Tick one, a range, all shown"),
        "key_filter": _("Search this list"),
        "key_add_filter": _("Add a filter"),
        "key_views": _("Saved views"),
        "key_scan": _("Scan, or add a line"),
        "key_cell": _("Next cell, new line at the end"),
        "key_copy": _("Copy the line above"),
        "key_unit": _("Switch the unit"),
        "key_paste": _("Paste from Excel"),
        "key_next": _("Previous, next document"),
    }
