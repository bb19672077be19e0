"""What the refusals of units, people and companies say; `kernel.documents` registers them."""

from typing import Final

from django.utils.translation import gettext_noop as _

SENTENCES: Final[dict[str, str]] = {
    "forbidden": _("You may not do this here."),
    "owner_role_needed": _("Only the owner of the tables may make a company."),
    "company_unknown": _("There is no company for {host}."),
    "phone_format": _("{given} is no telephone number. Write it as 13800138000 or 021-66668888."),
    "credit_code_not_valid": _("{given} is not a valid unified social credit code."),
    "unit_not_valid": _("The unit cannot be like this."),
    "unit_stands_wrong": _(
        "It cannot stand there: a till stands below a store or a warehouse, anything else below a"
        " company or a region, a warehouse also below a store."
    ),
    "unit_code_not_valid": _("A code has 1 to 20 characters, no spaces and no slashes."),
    "time_zone_unknown": _("There is no time zone {given}."),
    "unit_under_itself": _("A unit cannot move below itself."),
    "unit_code_taken": _("Another unit has the code {given}."),
    "password_refused": _("Choose another password."),
    "password_short": _("A password has at least {length_min} characters."),
    "password_long": _("A password has at most {length_max} characters."),
    "password_common": _("This password is too easy to guess."),
    "password_is_the_name": _("The password must not be the sign-in name."),
    "pin_refused": _("A PIN has 4 to 8 digits that are neither all alike nor a run."),
    "sign_in_refused": _("The name, or the password or PIN, is not right."),
    "sign_in_wait": _("Too many tries. Wait {wait_s} seconds and try again."),
    "second_step_needed": _("You sign in with two steps: sign out, and come in by the door."),
    "one_time_code_refused": _("This code is not right, or it was used before."),
    "second_factor_not_begun": _("Begin again: no app is being set up."),
    "second_factor_off": _("Two-step sign-in is not on."),
    "passkey_refused": _("This passkey is not known here, or it was not unlocked."),
    "passkey_unknown": _("There is no such passkey."),
    "till_not_enrolled": _("A PIN works only on a till that a manager has opened."),
    "authorised_by_oneself": _("Somebody else must authorise this."),
    "sign_in_name_taken": _("Another person signs in as {given}."),
    "sign_in_name_not_valid": _("A sign-in name has 1 to 60 characters and no spaces."),
    "permission_unknown": _("There is no permission {given}."),
    "grant_exceeds_own": _("You can only give what you hold yourself: {missing}."),
    "module_off": _("{unit} does not use this module: it is switched off there."),
    "module_unknown": _("There is no module {given}."),
    "last_administrator": _(
        "Nobody would be left who may look after people, roles and grants for the whole company."
    ),
    "token_scope_exceeds": _("The token cannot do more than its person: {missing}."),
    "setting_out_of_bounds": _("{given} is not a whole number from {least} to {most}."),
    "setting_not_valid": _("{given} cannot be chosen here."),
    "setting_is_the_company_s": _("{title} is chosen for the whole company."),
    "token_lifetime": _("A token lives for 1 to {days_max} days."),
}
