"""Reasons carry their kind wherever their words go."""

import copy
import pickle

from derivations.notes.judging.cells import Judged, at_every_place
from derivations.reasons import Reason, Why, about, holds_where, reason_of, reworded, why
from derivations.verdict import Status, Verdict

OPEN = Reason("f is not defined here", Why.UNDEFINED, "f")


def test_a_reason_is_its_words_and_keeps_its_kind_when_it_is_copied_or_sent():
    for again in (copy.deepcopy(OPEN), pickle.loads(pickle.dumps(OPEN))):
        assert again == "f is not defined here"
        assert (why(again), about(again)) == (Why.UNDEFINED, "f")


def test_words_alone_are_of_no_kind_whatever_they_say():
    assert why(str(OPEN)) is None and about(str(OPEN)) == ""
    assert why(None) is None


def test_other_words_for_a_reason_are_of_its_kind_and_words_alone_stay_so():
    assert why(reworded(holds_where("x > 0"), "it holds there")) is Why.HOLDS_WHERE
    assert why(reworded("x > 0", "it holds there")) is None


def test_an_error_that_is_raised_for_a_reason_says_of_what_kind_it_is():
    assert why(reason_of(ValueError(OPEN))) is Why.UNDEFINED
    assert reason_of(KeyError("x")) == str(KeyError("x"))


def test_an_array_is_left_open_for_the_reason_of_its_entry():
    judged = Judged(Verdict(Status.UNDECIDED, "zero test", reason=OPEN))
    reason = at_every_place([((1,), judged)]).verdict.reason
    assert reason == "entry 1: f is not defined here"
    assert why(reason) is Why.UNDEFINED
