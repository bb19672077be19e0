"""What the codes of the engine say: why not, what is missing, and what is wrong with a text."""

from django.utils.translation import gettext_noop as noop

from tongpan.kernel.documents.sentences import say

# Why a promotion was not used.
say("promotion_not_yet", noop("It begins on {begins}."))
say("promotion_over", noop("It ended on {ends}."))
say("promotion_other_hours", noop("It does not hold at this hour of this day."))
say("promotion_other_store", noop("It does not hold in this store."))
say("promotion_other_channel", noop("It does not hold in this channel."))
say("promotion_for_members", noop("It is for members: ask for the phone number."))
say("promotion_other_tier", noop("It is for members of: {tiers}."))
say("promotion_other_members", noop("It is for other members."))
say("promotion_needs_coupon", noop("It needs its coupon."))
say("promotion_needs_payment", noop("It needs another way of paying: {payments}."))
say("promotion_used_up", noop("It was used as often as it may be."))
say("promotion_budget_gone", noop("Its budget is used up."))
say("promotion_no_goods", noop("None of its goods are in the basket."))
say("promotion_needs_quantity", noop("It needs {needs} of its goods; there are {has}."))
say("promotion_needs_amount", noop("It needs {needs} of its goods; they come to {has}."))
say("promotion_reward_not_taken", noop("It is earned: what it gives is not in the basket yet."))
say("promotion_excluded_by", noop("Only one of its group counts, and {by} gives more."))
say("promotion_goods_used_by", noop("{by} uses these goods."))
say("promotion_too_little_left", noop("After {by} too little is left to pay for its goods."))
say("promotion_dearer_with_it", noop("Together with {by} it would bring nothing more."))
say("promotion_brings_nothing", noop("These goods already cost no more than with it."))

# What is missing for it, or for more of it.
say("hint_add_pieces", noop("Add {missing} more of its goods."))
say("hint_spend_more", noop("Spend {missing} more on its goods."))
say("hint_take_reward", noop("Take {missing} of what it gives."))

# What is wrong with a promotion, or a basket, that was written as text.
say("promotion_field_unknown", noop("There is no {name} here. Known are: {known}."))
say("promotion_code_unknown", noop("There is no {codes}. There are: {known}."))
say("promotion_field_missing", noop("{name} is missing."))
say(
    "promotion_not_an_object", noop("{given} is no object: names and values in braces belong here.")
)
say("promotion_not_a_list", noop("{given} is no list: values in brackets belong here."))
say("promotion_not_text", noop("{given} is no text of 1 to 400 characters."))
say("promotion_not_a_flag", noop("{given} is neither true nor false."))
say("promotion_not_money", noop('{given} is no amount. Write it as text with two places: "20.00".'))
say("promotion_not_a_price", noop('{given} is no price. Write it as text: "9.90".'))
say("promotion_not_a_quantity", noop('{given} is no quantity above zero. Write 2, or "0.368".'))
say("promotion_not_a_percent", noop('{given} is no percent from 0 to 100. For 八折 write "20".'))
say("promotion_not_percents", noop('{given} is no list of percents, one above 0: ["0", "50"].'))
say("promotion_not_a_count", noop("{given} is no whole number from 1 up."))
say("promotion_not_an_order", noop("{given} is no whole number."))
say("promotion_not_a_moment", noop("{given} is no moment. Write 2026-11-21T10:00."))
say("promotion_not_weekdays", noop("{given} are no weekdays. Write [6, 7] for the weekend."))
say("promotion_not_hours", noop('{given} are no hours. Write ["22:00-02:00"].'))
say("promotion_not_a_choice", noop("{given} is not one of: {choices}."))
say("promotion_times_differ", noop("One time has a time zone and the other has none."))
say("promotion_ends_first", noop("It ends before it begins: {given}."))
say("promotion_code_twice", noop("{given} stands there twice."))
say("promotion_group_differs", noop("The group {given} has another rule or order elsewhere."))
say("promotion_saves_more_than_spent", noop("{given} is more than what is spent for it."))
