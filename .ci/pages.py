"""Makes the articles of .ci/pages, and checks the pages that are made of them. It needs nothing but Python."""

import base64
import html.parser
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 4
ADDRESS = "https://news.example/" + "a/very-long_path" * 20 + "?q=" + "x" * 200
HOSTILE = [
    "<script>alert(1)</script>",
    "</title></style><img src=x onerror=alert(1)>",
    "\"><a href='javascript:alert(1)'>click</a>",
    "javascript:alert(1)",
    "&lt;b&gt; &amp; --> ]]> ${7*7} {{7*7}}",
    "\u202eright to left override\u202d \u2066unclosed",
    "e" + "\u0301" * 400,
    LONG,
    ADDRESS,
    "عاجل: ارتفاع منسوب النهر مترين في ليلة واحدة وإغلاق الجسر القديم",
    "河水一夜上涨两米 旧桥黎明时分封闭 市长称无人受伤",
    "",
    "   ",
]


def text(seed, words=120, lexicon="abcdefghijklmnopqrstuvwxyz"):
    """Words that only this text has."""
    rng = random.Random(seed)
    made = ["".join(rng.choice(lexicon) for _ in range(rng.randint(3, 9))) for _ in range(words)]
    sentences = [" ".join(made[i : i + 12]).capitalize() + "." for i in range(0, words, 12)]
    return "\n\n".join(" ".join(sentences[i : i + 3]) for i in range(0, len(sentences), 3))


def articles():
    """Each article as id, text, title, source and date; None is left out."""
    day = lambda i: f"2024-05-{1 + i % 28:02}T{i % 24:02}:{i % 60:02}:00Z"
    # One of 1,000 members, of few dates, with some that have none.
    base = text("large", 200)
    for i in range(1001):
        date = None if i % 10 == 3 else f"2024-05-0{1 + i % 3}T{i % 24:02}:{i % 60:02}:00Z"
        yield f"large-{i}", f"{base} Edition {i} of the paper.", "The large one", f"Paper {i % 40}", date
    # Hostile in every field, with and without dates.
    for i, hostile in enumerate(HOSTILE):
        base = text(f"hostile {i}")
        source = hostile or None
        yield hostile + f" {i}", base + "\n\n" + hostile, hostile, source, day(i)
        yield ADDRESS + f"#{i}", hostile + "\n\n" + base, hostile, source, None
        yield f"cut-{i}", base[: len(base) // 2], LONG, "Cutter", day(i + 1)
        yield f"same-{i}", base + "\n\n" + hostile, None, None, "1995-01-01"
    # Other scripts.
    arabic, chinese = text("ar", 120, "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"), text("zh", 120, "河水上涨米夜旧桥黎明时封闭市长说无人伤京报")
    for i, base in enumerate([arabic, chinese]):
        yield f"مقال-{i}" if i == 0 else f"文章-{i}", base, HOSTILE[9 + i], "صحيفة" if i == 0 else "新闻", day(i)
        yield f"{i}", base + "\n\nOne line more.", HOSTILE[9 + i], None, day(i + 1)
    # Many small ones: several pages of the list.
    for i in range(260):
        base = text(f"small {i}", 60)
        yield f"small-{i}", base, f"Small cluster {i}", "Agency", day(i)
        yield f"small-{i}-b", base + " And one more.", f"Small cluster {i}", "Paper", day(i) if i % 2 else day(i + 1)


def write_articles(lines, left, right):
    with open(lines, "w", encoding="utf-8") as out:
        for id, body, title, source, date in articles():
            fields = {"id": id, "text": body, "title": title, "source": source, "date": date}
            out.write(json.dumps({k: v for k, v in fields.items() if v is not None}) + "\n")
    base = text("compared")
    paragraphs = base.split("\n\n")
    pathlib.Path(left).write_text(f"{LONG}\n\n{base}\n\n{HOSTILE[0]}", encoding="utf-8")
    moved = "\n\n".join(paragraphs[2:] + paragraphs[:2])
    pathlib.Path(right).write_text(f"{HOSTILE[9]}\n\n{moved}\n\n{ADDRESS}", encoding="utf-8")


class Page(html.parser.HTMLParser):
    """The ids, links and elements of a page."""

    ALLOWED = set(
        "html head meta title style body header main nav section article figure figcaption h1 h2 p div span ul ol li dl dt dd a "
        "small strong bdi b mark del ins code time table thead tbody tr th td blockquote details summary svg rect path".split()
    )
    VOID = {"meta", "rect", "path"}

    def __init__(self, path):
        super().__init__()
        self.path, self.ids, self.links, self.open, self.problems = path, set(), [], [], []
        self.headings, self.mains = 0, 0
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        if self.open:
            self.problems.append(f"not closed: {self.open}")
        if (self.headings, self.mains) != (1, 1):
            self.problems.append(f"{self.headings} h1 and {self.mains} main")

    def handle_starttag(self, tag, attributes):
        self.headings += tag == "h1"
        self.mains += tag == "main"
        if tag not in self.ALLOWED:
            self.problems.append(f"element {tag}")
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name.startswith("on") or name == "src":
                self.problems.append(f"attribute {name}")
            if name == "id":
                if value in self.ids:
                    self.problems.append(f"id {value} twice")
                self.ids.add(value)
            if name == "href":
                self.links.append(value)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")


def check_links(directory):
    """Checks all pages of a directory. Returns their number."""
    pages = {path.name: Page(path) for path in sorted(directory.glob("*.html"))}
    problems = [f"{name}: {problem}" for name, page in pages.items() for problem in page.problems]
    reached = {"index.html"}
    for name, page in pages.items():
        for link in page.links:
            target, _, place = link.partition("#")
            target = target or name
            reached.add(target)
            if target not in pages or place and place not in pages[target].ids:
                problems.append(f"{name}: {link} leads nowhere")
    problems += [f"{name}: no page leads to it" for name in pages if len(pages) > 1 and name not in reached]
    assert not problems, "\n".join(problems[:20])
    return len(pages)


class Browser:
    """Chromium, driven by its DevTools protocol on a pair of pipes."""

    def __init__(self, program):
        (here_read, there_write), (there_read, here_write) = os.pipe(), os.pipe()
        self.profile = tempfile.mkdtemp()

        def pipes():
            # As 3 and 4 the browser wants them. Copies first: the numbers may be in use.
            commands, answers = os.dup(there_read), os.dup(there_write)
            os.dup2(commands, 3)
            os.dup2(answers, 4)

        arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe"]
        self.process = subprocess.Popen(
            [program, *arguments, f"--user-data-dir={self.profile}", "about:blank"],
            preexec_fn=pipes, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(there_read), os.close(there_write)
        self.commands, self.answers = os.fdopen(here_write, "wb", 0), os.fdopen(here_read, "rb", 0)
        self.buffer, self.last, self.session, self.events = b"", 0, None, []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Log", "Runtime"]:
            self.ask(f"{domain}.enable")

    def receive(self):
        while b"\0" not in self.buffer:
            more = self.answers.read(1 << 16)
            assert more, "the browser has ended"
            self.buffer += more
        message, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(message)
        if "method" in message:
            self.events.append(message)
        return message

    def ask(self, method, **parameters):
        self.last += 1
        command = {"id": self.last, "method": method, "params": parameters}
        if self.session:
            command["sessionId"] = self.session
        self.commands.write(json.dumps(command).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.last:
                assert "error" not in answer, answer
                return answer["result"]

    def open(self, path, width, scheme):
        """Opens a page, and returns what is wrong with it."""
        self.events.clear()
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 600)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.ask("Page.navigate", url="file://" + urllib.parse.quote(str(path)))
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.receive()
        result = self.ask("Runtime.evaluate", expression=MEASURE.replace("WIDTH", str(width)), returnByValue=True)["result"]
        problems = result.get("value") or ([] if result.get("value") == [] else [str(result)])
        reports = {"Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Page.javascriptDialogOpening"}
        return problems + [json.dumps(e["params"])[:300] for e in self.events if e["method"] in reports]

    def picture(self, path):
        data = self.ask("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))

    def end(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


# What stands out to the side, and text of too little contrast (WCAG 2, level AA).
MEASURE = r"""
(() => {
  const problems = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > WIDTH) problems.push(`${wide} px wide, of ${WIDTH}`);
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const colour = css => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = css; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const seen = new Set();
  for (const element of document.body.querySelectorAll('*')) {
    if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
    const style = getComputedStyle(element);
    let behind = element, back;
    while (behind && (back = colour(getComputedStyle(behind).backgroundColor))[3] < 255) behind = behind.parentElement;
    if (!behind) back = colour(getComputedStyle(document.body).backgroundColor);
    const [a, b] = [light(colour(style.color)), light(back)].sort((a, b) => b - a);
    const contrast = (a + .05) / (b + .05), kind = `${element.parentElement.tagName} ${element.tagName}.${element.className}`;
    if (contrast < 4.5 && !seen.has(kind)) { seen.add(kind); problems.push(`${kind}: contrast ${contrast.toFixed(2)}`); }
  }
  return problems;
})()
"""


def check(output, pictures):
    output = pathlib.Path(output).resolve()
    site, stories = output / "site", output / "stories"
    written = [check_links(directory) for directory in [site, stories, output]]
    print(f"{sum(written)} pages: every link leads somewhere, every page is led to, every id is unique")
    index = " ".join(path.read_text(encoding="utf-8") for path in site.glob("index*.html"))
    names = 260 + 1 + len(HOSTILE) + 2
    assert index.count("<tr id=\"c") >= names, f"{index.count('<tr id=')} clusters, not {names}"
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        print("skipped: no chromium")
        return
    pages = [site / name for name in ["index.html", "index-2.html", "passages.html", "cluster-1.html", "cluster-1-page-2.html"]]
    pages += sorted(site.glob("with-excerpt.html")) + [stories / "index.html", output / "compare.html"]
    pages += sorted(stories.glob("stories.html"))
    for i in range(2, 2 + len(HOSTILE)):
        pages += [site / f"cluster-{i}.html", site / f"cluster-{i}-article-1.html"]
    browser, began, problems = Browser(program), time.monotonic(), []
    try:
        for page in pages:
            for width in [1280, 390]:
                for scheme in ["light", "dark"]:
                    found = browser.open(page, width, scheme)
                    problems += [f"{page.name}, {width} px, {scheme}: {problem}" for problem in found]
                    if pictures:
                        browser.picture(output / f"{page.parent.name}-{page.stem}-{width}-{scheme}.png")
    finally:
        browser.end()
    assert not problems, "\n".join(problems[:40])
    print(f"{len(pages)} pages opened in Chromium, wide and narrow, light and dark, in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    if sys.argv[1] == "articles":
        write_articles(*sys.argv[2:])
    else:
        check(sys.argv[2], "pictures" in sys.argv[3:])
