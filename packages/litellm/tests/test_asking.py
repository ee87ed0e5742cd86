import asyncio
import json
import logging
import socket
from collections.abc import Sequence
from contextlib import closing

import pytest
from gateways import PASS, SPENT, StubGateway, stub_gateway

from litellm_laplas.async_asker import AsyncAsker
from litellm_laplas.deployment import Gateway
from litellm_laplas.memory import Memory
from litellm_laplas.sync_asker import SyncAsker
from litellm_laplas.verdict import Verdict

PATIENCE = 30.0


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class LeapingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock can be set ahead, so that a time-out ends when a test says so."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


def question(model: str) -> str:
    return json.dumps({"model": model, "messages": []})


def kinds(verdicts: Sequence[Verdict | None]) -> list[str | None]:
    return [None if verdict is None else verdict.kind for verdict in verdicts]


def by_model(body: dict[str, str]) -> dict[str, object]:
    return SPENT if body["model"].startswith("spent") else PASS


async def until_arrived(stub: StubGateway) -> None:
    await asyncio.to_thread(stub.arrived.acquire)


def test_half_an_emoji_is_asked_about_and_spoils_no_other_question() -> None:
    cut = json.dumps({"model": "cut", "messages": ["\ud83c"]}, ensure_ascii=False)

    async def run() -> None:
        asker = AsyncAsker(Memory(1, 5), PATIENCE)
        assert kinds(await asker.ask(stub.gateway, [cut, question("spent")])) == ["serves", "spent"]

    with stub_gateway(by_model) as stub:
        asyncio.run(run())
        assert kinds([SyncAsker(Memory(1, 5), PATIENCE).ask(stub.gateway, cut)]) == ["serves"]
        assert stub.requests[0][0]["messages"] == ["\ud83c"]


def test_one_request_has_all_questions_and_the_answers_come_in_their_order() -> None:
    async def run() -> None:
        asker = AsyncAsker(Memory(1, 5), PATIENCE)
        bodies = [question(name) for name in ("a", "spent", "b", "a")]
        assert kinds(await asker.ask(stub.gateway, bodies)) == ["serves", "spent", "serves", "serves"]

    with stub_gateway(by_model) as stub:
        asyncio.run(run())
        assert [[each["model"] for each in request] for request in stub.requests] == [["a", "spent", "b"]]
        assert stub.paths == ["/v1/check"]


def test_callers_at_the_same_time_share_a_question_and_new_ones_share_the_next_request() -> None:
    async def run() -> None:
        asker = AsyncAsker(Memory(0, 5), PATIENCE)
        stub.door.clear()
        first = [asyncio.create_task(asker.ask(stub.gateway, [question("a")])) for _ in range(50)]
        await until_arrived(stub)
        late = [asyncio.create_task(asker.ask(stub.gateway, [question(f"b{index % 5}")])) for index in range(50)]
        await asyncio.sleep(0)
        stub.door.set()
        answers = await asyncio.gather(*first, *late)
        assert {kind for answer in answers for kind in kinds(answer)} == {"serves"}

    with stub_gateway(by_model) as stub:
        asyncio.run(run())
        assert [len(request) for request in stub.requests] == [1, 5]


def test_no_request_has_more_questions_than_the_gateway_takes() -> None:
    async def run() -> None:
        asker = AsyncAsker(Memory(0, 5), PATIENCE)
        answers = await asker.ask(stub.gateway, [question(str(index)) for index in range(450)])
        assert kinds(answers) == ["serves"] * 450

    with stub_gateway() as stub:
        asyncio.run(run())
        assert [len(request) for request in stub.requests] == [200, 200, 50]


def test_nor_more_bytes() -> None:
    async def run() -> None:
        asker = AsyncAsker(Memory(0, 5), PATIENCE)
        long = [json.dumps({"model": str(index), "prompt": "x" * 999_000}) for index in range(6)]
        assert kinds(await asker.ask(stub.gateway, long)) == ["serves"] * 6

    with stub_gateway() as stub:
        asyncio.run(run())
        assert [len(request) for request in stub.requests] == [4, 2]


def test_a_refusal_is_remembered_for_a_while_and_a_pass_is_not() -> None:
    async def run() -> None:
        clock = Clock()
        asker = AsyncAsker(Memory(1, 5, clock), PATIENCE)
        for _ in range(3):
            await asker.ask(stub.gateway, [question("spent"), question("a")])
        assert [len(request) for request in stub.requests] == [2, 1, 1]
        clock.now += 1
        assert kinds(await asker.ask(stub.gateway, [question("spent")])) == ["spent"]
        assert len(stub.requests) == 4

    with stub_gateway(by_model) as stub:
        asyncio.run(run())


def test_a_refusal_is_not_remembered_past_its_reset() -> None:
    soon = {**SPENT, "error": {**SPENT["error"], "resets_at": "2000-01-01T00:00:00.000Z"}}
    memory = Memory(60, 5, Clock())

    async def run() -> None:
        asker = AsyncAsker(memory, PATIENCE)
        for _ in range(2):
            await asker.ask(stub.gateway, [question("spent")])

    with stub_gateway(lambda _: soon) as stub:
        asyncio.run(run())
        assert len(stub.requests) == 2


def test_the_memory_is_bounded() -> None:
    memory = Memory(60, 5, Clock())
    gateway = Gateway("http://gateway:1", None)
    refusal = Verdict("never", SPENT_REFUSAL)
    for index in range(1500):
        memory.remember(gateway, str(index), refusal)
    assert memory.recall(gateway, "0") is None
    assert memory.recall(gateway, "1499") is refusal


def test_a_token_is_shown_and_answers_are_kept_apart_by_it() -> None:
    async def run() -> None:
        asker = AsyncAsker(Memory(60, 5), PATIENCE)
        for token in ("one", "two", None):
            await asker.ask(Gateway(stub.gateway.address, token), [question("spent")])

    with stub_gateway(by_model) as stub:
        asyncio.run(run())
        assert [headers.get("authorization") for headers in stub.headers] == ["Bearer one", "Bearer two", None]


@pytest.mark.parametrize(
    "raw",
    [
        (500, {}, b""),
        (401, {}, b'{"error": {"message": "no"}}'),
        (204, {}, b""),
        (200, {}, b"<html>"),
        (200, {}, b"[]"),
        (200, {}, b'{"results": 3}'),
        (200, {}, b'{"results": []}'),
        (200, {}, b'{"results": [{}]}'),
        (200, {}, b"\xff\xfe\x00"),
        (200, {"content-encoding": "gzip"}, b"no gzip"),
        # Followed, it would carry a prompt to somewhere else.
        (307, {"location": "http://127.0.0.1:9/v1/check"}, b""),
    ],
)
def test_garbage_is_no_answer_is_told_once_and_not_asked_for_again(
    raw: tuple[int, dict[str, str], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()

    async def run() -> None:
        asker = AsyncAsker(Memory(1, 5, clock), PATIENCE)
        for _ in range(3):
            assert kinds(await asker.ask(stub.gateway, [question("secret prompt")])) == [None]
        assert len(stub.requests) == 1
        clock.now += 5
        await asker.ask(stub.gateway, [question("secret prompt")])
        assert len(stub.requests) == 2

    with stub_gateway(raw=raw) as stub, caplog.at_level(logging.WARNING, "litellm_laplas"):
        asyncio.run(run())
        assert len(caplog.records) == 2
        assert stub.gateway.address in caplog.text
        assert "secret" not in caplog.text


def test_a_gateway_that_is_away_is_no_answer() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        gateway = Gateway(f"http://127.0.0.1:{taken.getsockname()[1]}", None)
        assert kinds(asyncio.run(AsyncAsker(Memory(1, 5), PATIENCE).ask(gateway, [question("a")]))) == [None]
        assert SyncAsker(Memory(1, 5), PATIENCE).ask(gateway, question("a")) is None


def test_a_slow_gateway_is_given_up_and_then_left_alone() -> None:
    async def run(loop: LeapingLoop) -> None:
        asker = AsyncAsker(Memory(1, 60, Clock()), PATIENCE)
        stub.door.clear()
        answers = asyncio.create_task(asker.ask(stub.gateway, [question("a")]))
        await until_arrived(stub)
        assert not answers.done()
        loop.ahead += PATIENCE
        assert kinds(await asyncio.wait_for(answers, PATIENCE)) == [None]
        assert kinds(await asker.ask(stub.gateway, [question("b")])) == [None]

    with stub_gateway() as stub, closing(LeapingLoop()) as loop:
        loop.run_until_complete(run(loop))
        assert len(stub.requests) == 1


def test_a_caller_that_leaves_takes_nobody_elses_answer_along() -> None:
    async def run() -> None:
        asker = AsyncAsker(Memory(0, 5), PATIENCE)
        stub.door.clear()
        leaving = asyncio.create_task(asker.ask(stub.gateway, [question("a")]))
        staying = asyncio.create_task(asker.ask(stub.gateway, [question("a")]))
        await until_arrived(stub)
        leaving.cancel()
        stub.door.set()
        assert kinds(await staying) == ["serves"]
        with pytest.raises(asyncio.CancelledError):
            await leaving

    with stub_gateway() as stub:
        asyncio.run(run())
        assert len(stub.requests) == 1


def test_many_event_loops_one_after_the_other() -> None:
    memory = Memory(0, 5)
    with stub_gateway() as stub:
        for _ in range(3):
            asker_of_loop: list[AsyncAsker] = []

            async def run(askers: list[AsyncAsker] = asker_of_loop) -> None:
                askers.append(AsyncAsker(memory, PATIENCE))
                assert kinds(await askers[0].ask(stub.gateway, [question("a")])) == ["serves"]

            asyncio.run(run())
        assert len(stub.requests) == 3


def test_synchronous_code_shares_the_memory() -> None:
    memory = Memory(60, 5, Clock())
    with stub_gateway(by_model) as stub:
        verdict = SyncAsker(memory, PATIENCE).ask(stub.gateway, question("spent"))
        assert kinds([verdict]) == ["spent"]
        assert kinds(asyncio.run(AsyncAsker(memory, PATIENCE).ask(stub.gateway, [question("spent")]))) == ["spent"]
        assert kinds([SyncAsker(memory, PATIENCE).ask(stub.gateway, question("a"))]) == ["serves"]
        assert len(stub.requests) == 2


def test_synchronous_code_takes_no_garbage() -> None:
    memory = Memory(60, 60, Clock())
    with stub_gateway(raw=(200, {}, b"<html>")) as stub:
        for _ in range(2):
            assert SyncAsker(memory, PATIENCE).ask(stub.gateway, question("a")) is None
        assert len(stub.requests) == 1


def refusal_of_spent() -> Verdict:
    with stub_gateway(lambda _: SPENT) as stub:
        verdict = SyncAsker(Memory(0, 5), PATIENCE).ask(stub.gateway, question("spent"))
    assert verdict is not None
    return verdict


SPENT_REFUSAL = refusal_of_spent().refusal
