"""A memory of bounded size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteolab.kept import Kept


def never():
    pytest.fail("what is remembered was made again")


def test_a_value_is_made_once():
    memory = Kept(2)
    assert memory.get("a", lambda: 1) == 1
    assert memory.get("a", never) == 1
    assert "a" in memory and len(memory) == 1


def test_what_was_used_longest_ago_is_forgotten_first():
    memory = Kept(2)
    memory.get("a", lambda: 1)
    memory.get("b", lambda: 2)
    memory.get("a", never)
    memory.get("c", lambda: 3)
    assert "a" in memory and "c" in memory and "b" not in memory


def test_none_is_a_value_too():
    memory = Kept(1)
    assert memory.get("a", lambda: None) is None
    assert memory.get("a", never) is None


def test_a_value_that_cannot_be_made_is_not_remembered():
    memory = Kept(1)
    memory.get("a", lambda: 1)
    with pytest.raises(ZeroDivisionError):
        memory.get("b", lambda: 1 / 0)
    assert "b" not in memory and memory.get("a", never) == 1


def test_everything_can_be_forgotten():
    memory = Kept(3)
    memory.get("a", lambda: 1)
    memory.clear()
    assert len(memory) == 0 and memory.get("a", lambda: 2) == 2


@given(st.integers(1, 4), st.lists(st.sampled_from("abcdef"), max_size=40))
def test_it_never_holds_more_than_it_may_and_always_the_last_used(most, keys):
    memory, used = Kept(most), []
    for key in keys:
        assert memory.get(key, lambda key=key: key.upper()) == key.upper()
        used = [*(other for other in used if other != key), key][-most:]
        assert len(memory) == len(used) and all(other in memory for other in used)
