"""Made-up articles, the same at each run: originals, and copies that were changed in known ways."""

import random
import signal

import pytest

# A shell starts what runs in the background with Ctrl-C ignored, and Python leaves it so.
signal.signal(signal.SIGINT, signal.default_int_handler)

SYLLABLES = "ka lo mi ren tur ves dan pol rik sa ne bor ula fim gos hel jor wan zet qui".split()


def make_articles(number, seed=1):
    """Articles as dictionaries, a third of them copies of earlier ones."""
    draw = random.Random(seed)
    words = ["".join(draw.choices(SYLLABLES, k=draw.randint(1, 4))) for _ in range(3000)]
    articles = []
    for i in range(number):
        if articles and draw.random() < 0.35:
            text = draw.choice(articles)["text"].split()
            kind = draw.randrange(4)
            if kind == 1:
                text = text[: max(30, len(text) * 2 // 3)]
            elif kind == 2:
                text = [draw.choice(words) if draw.random() < 0.04 else word for word in text]
            elif kind == 3:
                text = draw.choices(words, k=25) + text
        else:
            text = draw.choices(words, k=draw.randint(60, 240))
        article = {
            "id": f"a{i}",
            "text": " ".join(text),
            "source": draw.choice(["Post", "Times", "Herald"]),
            "date": f"2018-07-{draw.randint(1, 28):02}",
        }
        if draw.random() < 0.3:
            article["title"] = " ".join(draw.choices(words, k=6)).capitalize()
        articles.append(article)
    return articles


@pytest.fixture(scope="session")
def articles():
    return make_articles(400)


@pytest.fixture(scope="session")
def many_texts():
    """Enough to be busy for some seconds."""
    return [article["text"] for article in make_articles(20_000, seed=2)] * 3
