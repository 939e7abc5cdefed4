"""Products joined by AND and OR, three-valued. NISTIR 7698; Kleene's tables."""

from __future__ import annotations

import json
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suture.core.configurations import (
    Joint,
    Node,
    Product,
    Truth,
    all_of,
    any_of,
    as_plain,
    evaluate,
    from_plain,
)

T, F, U = True, False, None


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        (T, T, T, T), (T, F, F, T), (T, U, U, T), (F, F, F, F), (F, U, F, U), (U, U, U, U),
    ],
)  # fmt: skip
def test_kleenes_tables(one: Truth, other: Truth, both: Truth, either: Truth) -> None:
    assert all_of((one, other)) is all_of((other, one)) is both
    assert any_of((one, other)) is any_of((other, one)) is either


def named(name: str, vulnerable: bool = True) -> Product:
    return Product(name, 0, vulnerable)


FIRMWARE, DEVICE, WINDOWS = named("o:acme:pump_firmware"), named("h:acme:pump", False), named("o:m:windows", False)


@pytest.mark.parametrize(
    ("node", "truths", "answer"),
    [
        (Node(Joint.ALL, (FIRMWARE, DEVICE)), {FIRMWARE: T, DEVICE: T}, T),
        (Node(Joint.ALL, (FIRMWARE, DEVICE)), {FIRMWARE: T, DEVICE: U}, U),
        (Node(Joint.ALL, (FIRMWARE, DEVICE)), {FIRMWARE: T, DEVICE: F}, F),
        (Node(Joint.ALL, (FIRMWARE, Node(Joint.ANY, (DEVICE, WINDOWS)))), {FIRMWARE: T, DEVICE: F, WINDOWS: T}, T),
        (Node(Joint.ALL, (FIRMWARE, Node(Joint.ANY, (DEVICE, WINDOWS)))), {FIRMWARE: T, DEVICE: F, WINDOWS: U}, U),
        (Node(Joint.ALL, (FIRMWARE, Node(Joint.ANY, (WINDOWS,), negate=True))), {FIRMWARE: T, WINDOWS: T}, F),
        (Node(Joint.ALL, (FIRMWARE, Node(Joint.ANY, (WINDOWS,), negate=True))), {FIRMWARE: T, WINDOWS: F}, T),
        (Node(Joint.ALL, (FIRMWARE, Node(Joint.ANY, (WINDOWS,), negate=True))), {FIRMWARE: T, WINDOWS: U}, U),
    ],
)
def test_a_configuration_is_judged(node: Node, truths: dict[Product, Truth], answer: Truth) -> None:
    assert evaluate(node, truths.__getitem__) is answer


products = st.builds(
    Product, st.sampled_from(["o:a:b", "a:c:d", ""]), st.none() | st.integers(0, 9), st.booleans(),
    st.sampled_from(["", "v < 2", "any version"]),
)  # fmt: skip
nodes = st.recursive(
    st.builds(Node, st.sampled_from(Joint), st.lists(products, max_size=4).map(tuple), st.booleans()),
    lambda inner: st.builds(
        Node, st.sampled_from(Joint), st.lists(products | inner, max_size=3).map(tuple), st.booleans()
    ),
    max_leaves=6,
)


@given(nodes)
def test_what_is_stored_is_read_back(node: Node) -> None:
    assert from_plain(json.loads(json.dumps(as_plain(node)))) == node


@given(nodes)
def test_learning_more_never_turns_yes_into_no(node: Node) -> None:
    """An answer given without knowing everything stands whatever the unknown turns out to be."""
    found = list(dict.fromkeys(node.products()))[:4]
    unknown = dict.fromkeys(node.products())
    answer = evaluate(node, unknown.__getitem__)
    if answer is None:
        return
    for truths in product((True, False), repeat=len(found)):
        assert evaluate(node, {**unknown, **dict(zip(found, truths, strict=True))}.__getitem__) is answer
