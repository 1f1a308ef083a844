"""One set of models for everybody: what is asked at once is answered as if it were asked alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from eval.speed.stories import made_story
from index.build import build_index
from index.encoder import Encoder
from index.stories import make_story
from qa.agent import StoryAgent


def test_threads_do_not_mix_up_stories(encoder: Encoder) -> None:
    made = [made_story(number) for number in range(3)]
    texts = ["\n".join(story.text.splitlines()) for story in made]
    agents = [
        StoryAgent(build_index(make_story(f"made-{n}", text), encoder), encoder)
        for n, text in enumerate(texts)
    ]
    asked = [
        (agent, question)
        for agent, story in zip(agents, made, strict=True)
        for question in story.questions[:4]
    ]
    alone = [agent.ask(question) for agent, question in asked]
    with ThreadPoolExecutor(6) as pool:
        for _ in range(2):
            assert list(pool.map(lambda pair: pair[0].ask(pair[1]), asked)) == alone
    for story, answers in zip(made, (alone[:4], alone[4:8], alone[8:]), strict=True):
        assert all(c.text in story.text for answer in answers for c in answer.citations)
    assert sum(answer.answerable for answer in alone) >= 3  # not all alike
