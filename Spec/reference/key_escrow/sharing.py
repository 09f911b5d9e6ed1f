"""Policies, their matrices, dealing and reconstructing: Spec/sharing.md."""

import re
from functools import reduce
from itertools import combinations

from .failure import Failure, require


def multiply(a, b):
    product = 0
    for bit in range(8):
        product ^= (b >> bit & 1) * (a << bit)
    for bit in range(14, 7, -1):
        product ^= (product >> bit & 1) * (0x11B << (bit - 8))
    return product


# TIMES[a] multiplies every byte of a column by a: column.translate(TIMES[a]).
TIMES = [bytes(multiply(a, b) for b in range(256)) for a in range(256)]
INVERSE = [0] + [TIMES[a].index(1) for a in range(1, 256)]


class Gate:
    def __init__(self, threshold, children):
        self.threshold, self.children = threshold, children


class Policy:
    """A formula over holders. A node is a Gate or a holder's id."""

    def __init__(self, text):
        self.root = _Parser(text).policy()
        self.holders = list(_leaves(self.root))
        self.judges = [holder for holder in self.holders if role(holder) == "judge"]
        self.matrix = _matrix(self.root)
        self.text = _canonical(self.root)

    def holds(self, holders):
        return holds(self.root, holders)

    def weights(self, holders):
        """Weights of the fewest shares, by holder; None when the set is not authorised."""
        return _weights(self.root, holders)

    def minimal_sets(self):
        """Every minimal authorised set, one after the other, the first children first."""
        return _minimal_sets(self.root)


def role(holder):
    return holder.split(":")[0]


class _Parser:
    """One pass over the text. Positions are offsets in bytes."""

    def __init__(self, text):
        self.text = text if isinstance(text, bytes) else text.encode()
        self.at, self.seen = 0, set()
        if len(self.text) > 65536:
            self.fail(None, "longer than 65,536 bytes")

    def fail(self, position, reason):
        failure = Failure("policy", f"{reason}, at {position}")
        failure.position = position
        raise failure

    def take(self, pattern):
        found = re.compile(pattern).match(self.text, self.at)
        self.at = found.end()
        return found.group()

    def takes(self, byte):
        self.take(rb"[ \t\r\n]*")
        found = self.text[self.at : self.at + 1] == byte
        self.at += found
        return found

    def expect(self, byte):
        if not self.takes(byte):
            self.fail(self.at, f"expected {byte.decode()}")

    def policy(self):
        root = self.node(0)
        self.take(rb"[ \t\r\n]*")
        if self.at < len(self.text):
            self.fail(self.at, "something stands behind the policy")
        return root

    def node(self, depth):
        self.take(rb"[ \t\r\n]*")
        start, word = self.at, self.take(rb"[^\x00-\x20(),]*")
        if word in (b"and", b"or", b"thresh"):
            return self.gate(word, start, depth + 1)
        return self.holder(word, start)

    def gate(self, word, start, depth):
        if depth > 32:
            self.fail(start, "nested more than 32 deep")
        self.expect(b"(")
        self.take(rb"[ \t\r\n]*")
        number = self.at
        if word == b"thresh":
            digits = self.take(rb"[0-9]*")
            if not digits or digits[0:1] == b"0" and len(digits) > 1:
                self.fail(number, "not a threshold")
            # No gate has as many children: larger numbers need no other value.
            threshold = int(digits[:7])
        if self.takes(b")"):
            self.fail(start, "a gate without children")
        if word == b"thresh":
            self.expect(b",")
        children = [self.node(depth)]
        while self.takes(b","):
            children.append(self.node(depth))
        self.expect(b")")
        if word != b"thresh":
            threshold = len(children) if word == b"and" else 1
        if not 1 <= threshold <= len(children):
            self.fail(number, "a threshold of 0, or above the number of children")
        return Gate(threshold, children)

    def holder(self, word, start):
        role, colon, label = word.partition(b":")
        if role not in (b"judge", b"provider", b"agency"):
            self.fail(start, "neither a gate nor a holder")
        if colon and not re.fullmatch(rb"[a-z0-9.-]{1,64}", label):
            self.fail(start + len(role) + 1, "not a label")
        holder = word.decode()
        if holder in self.seen:
            self.fail(start, "a holder occurs twice")
        self.seen.add(holder)
        if len(self.seen) > 255:
            self.fail(start, "more than 255 holders")
        return holder


def _canonical(node):
    if isinstance(node, str):
        return node
    children = ", ".join(map(_canonical, node.children))
    count = len(node.children)
    if count >= 2 and node.threshold == count:
        return f"and({children})"
    if count >= 2 and node.threshold == 1:
        return f"or({children})"
    return f"thresh({node.threshold}, {children})"


def _leaves(node):
    if isinstance(node, str):
        yield node
    else:
        for child in node.children:
            yield from _leaves(child)


def _column_count(node):
    return 0 if isinstance(node, str) else node.threshold - 1 + sum(map(_column_count, node.children))


def _matrix(root):
    """One row per holder, each a list of field elements."""
    width, rows, free = 1 + _column_count(root), [], 1

    def compile_node(node, row):
        nonlocal free
        if isinstance(node, str):
            rows.append(row)
            return
        first, free = free, free + node.threshold - 1
        for x, child in enumerate(node.children, 1):
            child_row, power = list(row), x
            for column in range(first, first + node.threshold - 1):
                child_row[column] = power
                power = TIMES[x][power]
            compile_node(child, child_row)

    compile_node(root, [1] + [0] * (width - 1))
    return rows


def holds(node, holders):
    if isinstance(node, str):
        return node in holders
    return sum(holds(child, holders) for child in node.children) >= node.threshold


def _weights(node, present):
    if isinstance(node, str):
        return {node: 1} if node in present else None
    satisfied = [
        (x, below) for x, child in enumerate(node.children, 1) if (below := _weights(child, present)) is not None
    ]
    if len(satisfied) < node.threshold:
        return None
    # The fewest shares, the first children among equals; then in the order of the text.
    chosen = sorted(
        sorted(satisfied, key=lambda pair: (len(pair[1]), pair[0]))[: node.threshold], key=lambda pair: pair[0]
    )
    result = {}
    for x, below in chosen:
        lagrange = 1
        for y, _ in chosen:
            if y != x:
                lagrange = TIMES[lagrange][TIMES[y][INVERSE[x ^ y]]]
        result.update((holder, TIMES[lagrange][weight]) for holder, weight in below.items())
    return result


def _minimal_sets(node):
    if isinstance(node, str):
        yield frozenset([node])
        return

    def product(children):
        if not children:
            yield frozenset()
            return
        for first in _minimal_sets(children[0]):
            for rest in product(children[1:]):
                yield first | rest

    for chosen in combinations(node.children, node.threshold):
        yield from product(list(chosen))


def combine(factors, columns):
    """The sum of the columns, each multiplied by its factor."""
    total, count = 0, len(columns[0])
    for factor, column in zip(factors, columns):
        total ^= int.from_bytes(column.translate(TIMES[factor]), "little")
    return total.to_bytes(count, "little")


def deal(policy, secret, coefficients):
    require(len(coefficients) == len(policy.matrix[0]) - 1, "shares", "one coefficient column per further column")
    require(all(len(column) == len(secret) for column in coefficients), "shares", "columns of one length")
    return [combine(row, [secret, *coefficients]) for row in policy.matrix]


def reconstruct(policy, shares):
    """The secret, from shares by holder; any that are not needed are not used."""
    weights = policy.weights(shares.keys())
    require(weights is not None, "quorum")
    columns = [shares[holder] for holder in weights]
    require(len(set(map(len, columns))) == 1, "shares", "columns of one length")
    return combine(weights.values(), columns)


def combine_raw_shares(shares):
    """The secret of raw shares, `y ‖ x` each."""
    require(len(shares) >= 2, "shares", "fewer than two shares")
    require(all(len(share) == len(shares[0]) and len(share) >= 2 for share in shares), "shares", "lengths of shares")
    abscissae = [share[-1] for share in shares]
    require(0 not in abscissae and len(set(abscissae)) == len(abscissae), "shares", "abscissae")
    factors = [
        reduce(lambda product, y: TIMES[product][TIMES[y][INVERSE[x ^ y]]], (y for y in abscissae if y != x), 1)
        for x in abscissae
    ]
    return combine(factors, [share[:-1] for share in shares])
