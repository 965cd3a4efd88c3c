#!/usr/bin/env python3
"""page.py PROGRAM [SHOTS]: opens the pages of the report html in Chromium, and checks what a reader would.

Makes runs on small tables and synthetic run folders. Checks that a page asks for nothing and says nothing on the console,
that hovering shows the values of metrics.csv, that toggling hides a curve, that an extreme survives thinning, that the
keyboard reaches every table, that hostile names stay text, and that unusual runs get a page. Times are printed, not
checked. With a folder SHOTS it leaves screenshots there. Needs Chromium, its driver and Selenium.
"""
import base64
import csv
import json
import math
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

try:
    from selenium import webdriver
except ImportError:
    print("skipped: Selenium is not installed (sudo apt-get install chromium chromium-driver python3-selenium)")
    sys.exit(77)
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys

PROGRAM = pathlib.Path(sys.argv[1]).absolute()
SHOTS = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
failures = []

HOSTILE = ["</script><script>window.pwned = 1</script>", "\"'><img src=x onerror=\"window.pwned=1\">", "$(touch pwned)`touch pwned`",
           "a" * 100]


def check(what, fine):
    print(("ok    " if fine else "FAILS ") + what, flush=True)
    if not fine:
        failures.append(what)


def run(*words, cwd, may_fail=False):
    said = subprocess.run([PROGRAM, *map(str, words)], cwd=cwd, capture_output=True, text=True)
    if said.returncode and not may_fail:
        sys.exit(f"{words} ended with {said.returncode}:\n{said.stdout}{said.stderr}")
    return said


class Page:
    """A page in a window of its own."""

    def __init__(self, file, width=1280, height=900, dark=False):
        options = webdriver.ChromeOptions()
        for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage"):
            options.add_argument(word)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        self.media("dark" if dark else "light")
        self.width, self.file = width, pathlib.Path(file)
        self.open()

    def open(self):
        began = time.time()
        self.driver.get(self.file.absolute().as_uri())
        while not self.ask("return document.documentElement.dataset.ready"):
            if time.time() - began > 30:
                sys.exit(f"{self.file} is not ready after 30 s: {self.driver.get_log('browser')}")
            time.sleep(0.05)
        self.seconds = time.time() - began

    def media(self, scheme, media=""):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                    {"media": media, "features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def ask(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def scroll_through(self):
        height = self.ask("return document.documentElement.scrollHeight")
        for y in range(0, height, 600):
            self.ask("scrollTo(0, arguments[0])", y)
            time.sleep(0.08)
        self.ask("scrollTo(0, 0)")

    def shot(self, name):
        if not SHOTS:
            return
        SHOTS.mkdir(parents=True, exist_ok=True)
        height = min(self.ask("return document.documentElement.scrollHeight"), 12000)
        picture = self.driver.execute_cdp_cmd("Page.captureScreenshot", {
            "format": "png", "captureBeyondViewport": True,
            "clip": {"x": 0, "y": 0, "width": self.width, "height": height, "scale": 1}})
        (SHOTS / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))

    def console(self):
        """What was said since the last call, but for the advice that the pixels these checks read could be faster."""
        return [e["message"] for e in self.driver.get_log("browser") if "willReadFrequently" not in e["message"]]

    def requests(self):
        urls = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                urls.append(message["params"]["request"]["url"])
        return [u for u in urls if u.split("?")[0] != self.file.absolute().as_uri()]

    def close(self):
        self.driver.quit()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def write_table(folder, labels):
    """Points in as many clusters as labels, as CSV."""
    rng = random.Random(3)
    with open(folder / "table.csv", "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["x", "y", "kind"])
        for i in range(400):
            k = i % len(labels)
            writer.writerow([f"{math.cos(k) + rng.gauss(0, .4):.4f}", f"{math.sin(k) + rng.gauss(0, .4):.4f}", labels[k]])


PIPELINE = """# Which of <b>these</b> is best?  {hostile}
#
# More about it.
[pipeline]
name = page
[dataset]
plugin = csv
train = table.csv
label = kind
header = yes
test_rows = 120
shuffle = yes
[network]
layers = 2, 16, 12, {classes}
[training]
steps = {steps}
batch_size = 20
learning_rate = 0.1
[model:noreg]
[model:l2]
regularisers = l2
l2.lambda = 1e-3
[model:dropout]
regularisers = dropout
dropout.keep_prob = 0.8
[metric:accuracy]
every = 1
on = both
[metric:loss]
every = 10
on = both
[metric:weight_norm]
every = 50
[report:html]
"""


def rows_of(folder):
    """By title and layer of a chart, model and step: the value as metrics.csv has it."""
    values = {}
    with open(folder / "metrics.csv") as file:
        for row in csv.DictReader(file):
            values[row["metric"], row["layer"], row["model"], int(row["step"])] = float(row["value"])
    return values


def same_digits(a, b):
    return (math.isnan(a) and math.isnan(b)) or abs(a - b) <= 5e-5 * abs(b)


def hover(page, folder):
    values = rows_of(folder)
    rng = random.Random(1)
    charts = page.ask("return [...document.querySelectorAll('.chart')].map((c) => c.dataset.chart)")
    seen = wrong = 0
    for _ in range(50):
        at = rng.randrange(len(charts))
        shown = page.ask("""
            const chart = document.querySelectorAll('.chart')[arguments[0]], plot = chart.querySelector('.plot');
            plot.scrollIntoView({block: 'center'});
            const box = plot.getBoundingClientRect(), x = box.left + 80 + (box.width - 100) * arguments[1], y = box.top + 80;
            const canvas = [...plot.querySelectorAll('canvas')].pop();
            canvas.dispatchEvent(new MouseEvent('mousemove', {clientX: x, clientY: y, bubbles: true, view: window}));
            return [...chart.querySelectorAll('.readout span')].map((s) => [s.dataset.model, s.dataset.step, s.textContent]);
        """, at, rng.random())
        title, _, layer = charts[at].partition(".")
        metric = title.replace(", ", ".").replace(" ", "_")
        for model, step, text in shown:
            name = model.removesuffix(" (training)")
            column = metric + (".train" if model.endswith(" (training)") else "")
            if metric == "loss.penalty" and model.endswith(" (training)"):
                column = "loss.train.penalty"
            expected = values[column, layer, name, int(step)]
            value = float(text[len(model) + 1:].split(" ")[0])
            seen += 1
            wrong += not same_digits(value, expected)
    check(f"hovering at 50 places shows {seen} values of metrics.csv, {wrong} of them wrong", seen >= 100 and wrong == 0)


def of_a_run(folder):
    write_table(folder, ["red", "green", "blue"])
    (folder / "page.ini").write_text(PIPELINE.format(hostile="", classes=3, steps=1200))
    run("run", "page.ini", "--out", "r", "--progress", "none", cwd=folder)
    with Page(folder / "r" / "report.html") as page:
        charts = page.ask("return document.querySelectorAll('.plot canvas').length")
        check(f"few charts are drawn at once, seen or not, so that the page can be printed ({charts} canvases)",
              charts >= 2 * page.ask("return document.querySelectorAll('.chart').length"))
        page.scroll_through()
        hover(page, folder / "r")
        page.shot("run")

        drawn = """const c = document.querySelector('.plot canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            let n = 0; for (let i = 0; i < d.length; i += 4) n += d[i + 3] > 0 && d[i] > 200 && d[i + 1] > 120 && d[i + 1] < 190 && d[i + 2] < 60; return n;"""
        before = page.ask(drawn)
        page.ask("document.querySelector('input[data-model=l2]').click()")
        after = page.ask(drawn)
        named = page.ask("return document.querySelectorAll('.readout span[data-model=l2]').length")
        check(f"unticking l2 removes its orange curve ({before} and {after} pixels) and its values", before > 20 and after < before / 5 and named == 0)

        page.open()
        check("a reload keeps what is hidden", page.ask("return document.querySelector('input[data-model=l2]').checked") is False)
        page.ask("document.querySelector('input[data-model=l2]').click()")
        for name in ("logSteps", "logValues"):
            page.ask(f"document.querySelector('input[data-setting={name}]').click()")
        page.scroll_through()
        page.shot("run_logarithmic")
        told = page.ask("return [...document.querySelectorAll('[data-chart^=\"loss, penalty\"] .faint')].map((s) => s.textContent).join(' ')")
        check(f"a logarithmic axis tells what it leaves out ({told[-90:]})", "of those shown; a logarithmic axis" in told)
        for name in ("logSteps", "logValues"):
            page.ask(f"document.querySelector('input[data-setting={name}]').click()")

        # Every summary by Tab, opened by Enter.
        total = page.ask("return document.querySelectorAll('summary').length")
        page.ask("document.activeElement.blur(); scrollTo(0, 0)")
        reached = 0
        for _ in range(total * 4 + 60):
            page.driver.switch_to.active_element.send_keys(Keys.TAB)
            if page.ask("return document.activeElement.tagName") == "SUMMARY":
                reached += 1
                page.driver.switch_to.active_element.send_keys(Keys.ENTER)
                if reached == total:
                    break
        time.sleep(0.5)  # what a fold contains is made just after it opens
        meant = page.ask("return [...document.querySelectorAll('details pre')].map((p) => p.textContent)")
        check("definitions begin with the settings in force",
              "In this run:\n[model:l2]\n  l2.layers = all\n  l2.biases = no\n  l2.lambda = 0.001\n" in meant)
        opened = page.ask("return [...document.querySelectorAll('details')].filter((d) => d.open && d.childElementCount > 1).length")
        tables = page.ask("return document.querySelectorAll('.chart details table').length")
        check(f"the keyboard reaches and opens {opened} of {total} folds, with a table behind every chart ({tables})",
              opened == total and tables == page.ask("return document.querySelectorAll('.chart').length"))
        said = page.console()
        check("the page says nothing on the console: " + "; ".join(said)[:300], not said)
        asked = page.requests()
        check("the page asks for nothing: " + "; ".join(asked)[:300], not asked)
    for name, width, dark in (("run_dark", 1280, True), ("run_400", 400, False)):
        with Page(folder / "r" / "report.html", width=width, dark=dark) as page:
            page.scroll_through()
            page.shot(name)
            wide = page.ask("return document.documentElement.scrollWidth")
            check(f"at {width} pixels nothing sticks out ({wide})", wide <= width)
            check(f"{name}: nothing on the console", not page.console())
    with Page(folder / "r" / "report.html") as page:
        page.media("light", "print")
        began = time.time()
        while time.time() - began < 20 and page.ask("return [...document.querySelectorAll('.plot')].some((p) => !p.querySelector('canvas'))"):
            time.sleep(0.2)
        page.shot("run_print")
        check("in print every chart is drawn, and of the controls only the legend is there",
              page.ask("return [...document.querySelectorAll('.plot')].every((p) => p.querySelector('canvas')) && "
                       "[...document.querySelectorAll('.controls input, .controls button')].every((c) => c.offsetWidth === 0) && "
                       "document.querySelector('.controls canvas').offsetWidth > 0"))


def of_hostile_names(folder):
    place = folder / "a 'quoted' \"<b>\" & $(touch pwned)"
    place.mkdir()
    write_table(place, HOSTILE)
    text = PIPELINE.format(hostile=HOSTILE[0] + HOSTILE[1], classes=4, steps=30)
    (place / "page.ini").write_text(text.replace("[model:l2]", f"[model:{'m' * 200}]"))
    run("run", "page.ini", "--out", "r", "--progress", "none", cwd=place)
    with Page(place / "r" / "report.html") as page:
        page.scroll_through()
        page.ask("document.querySelectorAll('summary').forEach((s) => s.click())")
        time.sleep(0.3)
        classes = page.ask("return [...document.querySelectorAll('th')].map((t) => t.textContent)")
        check("hostile class names are shown as text", all(name in classes for name in HOSTILE))
        check("and run nothing", page.ask("return window.pwned ?? null") is None and not list(folder.rglob("pwned")))
        check("nor ask for anything", not page.requests() and not page.console())


def of_a_sweep(folder):
    write_table(folder, ["red", "green", "blue"])
    (folder / "page.ini").write_text(PIPELINE.format(hostile="", classes=3, steps=60))
    run("sweep", "page.ini", "pipeline.seed={1..6}", "--lean", "--progress", "none", cwd=folder)
    sweep = next((folder / "sweeps" / "page").iterdir())
    with Page(sweep / "report.html") as page:
        page.scroll_through()
        page.shot("sweep")
        with open(sweep / "comparison.csv") as file:
            expected = [row["verdict"] for row in csv.DictReader(file)]
        shown = page.ask("return [...document.querySelectorAll('tbody tr')].map((r) => r.cells[2]?.firstChild?.textContent)")
        check("the verdicts are those of comparison.csv", expected == shown[:len(expected)])
        equal = page.ask("return [...document.querySelectorAll('tbody tr')].filter((r) => r.cells[2]?.textContent.endsWith('equal in every run')).map((r) => r.cells[0].textContent)")
        check(f"where two models are equal in every run, it says so ({equal})", equal and all("penalty" in e for e in equal))
        titles = page.ask("return [...document.querySelectorAll('.charts')[1].querySelectorAll('.chart')].map((c) => c.dataset.chart)")
        check("no two charts of differences have one title", len(titles) > 3 and len(titles) == len(set(titles)))
        check("it says how many runs are enough", "6 runs p cannot fall below 0.031, and 2 models are tested together, which multiplies it; 7 runs are enough."
              in page.ask("return document.body.innerText"))
        check("a sweep's page says and asks nothing", not page.console() and not page.requests())
    shutil.rmtree(next((sweep / "runs").iterdir()))
    run("report", sweep, cwd=folder)
    with Page(sweep / "report.html") as page:
        check("an unfinished sweep says so", "5 of 6 jobs" in page.ask("return document.getElementById('state').textContent"))


def of_a_sweep_of_many_settings(folder):
    """The first table has a column for each setting; the tables of single settings are folded."""
    write_table(folder, ["red", "green", "blue"])
    (folder / "page.ini").write_text(PIPELINE.format(hostile="", classes=3, steps=10))
    rates = ["0.05", "0.1", "0.2", "0.4"]
    run("sweep", "page.ini", f"training.learning_rate={{{','.join(rates)}}}", "pipeline.seed={1..2}", "--lean", "--progress", "none",
        "--out", "many", cwd=folder)
    with open(folder / "many" / "comparison.csv") as file:
        rows = list(csv.DictReader(file))
    expected = {}
    for row in rows:
        expected.setdefault((row["metric"], row["layer"], row["model"]), {})[row["training.learning_rate"]] = row["verdict"]
    with Page(folder / "many" / "report.html") as page:
        head, body = page.ask("const t = document.querySelector('table'); return [[...t.tHead.rows[0].cells].map((c) => c.textContent),"
                              " [...t.tBodies[0].rows].map((r) => [...r.cells].slice(2).map((c) => c.firstChild.textContent))]")
        check("a column for each setting", head[2:] == rates)
        check("with the verdicts of comparison.csv", body == [[of[rate] for rate in rates] for of in expected.values()])
        check("a page of many settings says and asks nothing", not page.console() and not page.requests())


def synthetic(folder, models, metrics, rows, value):
    """A run folder with as many models and network-level metrics, measured at `rows` steps."""
    folder.mkdir()
    names = [f"model{m}" for m in range(models)]
    (folder / "run.json").write_text(json.dumps({
        "pipeline": "synthetic", "status": "finished", "steps": rows - 1, "models": names,
        "metrics": [{"section": f"m{k}", "plugin": "accuracy", "unit": "share of the samples", "better": "higher", "on": "test"}
                    for k in range(metrics)]}))
    with open(folder / "metrics.csv", "w") as out:
        out.write("step,model,metric,layer,value\n")
        for step in range(rows):
            for m, name in enumerate(names):
                for k in range(metrics):
                    out.write(f"{step},{name},m{k},,{value(step, m, k):.9g}\n")
    (folder / "pipeline.ini").write_text("# A synthetic run.\n[pipeline]\n")
    (folder / "resolved.ini").write_text("[pipeline]\nname = synthetic\n")


def of_many_points(folder):
    rng = random.Random(5)
    # 5,001 rows with one spike of a single step; what is shown must contain it.
    synthetic(folder / "spike", 2, 1, 5001, lambda step, m, k: 7.25 if (step, m) == (3210, 1) else 1 - math.exp(-step / 900) + rng.gauss(0, .01))
    run("report", "spike", cwd=folder)
    with Page(folder / "spike" / "report.html") as page:
        page.scroll_through()
        page.ask("document.querySelector('.chart summary').click()")
        time.sleep(0.3)
        cells = page.ask("return [...document.querySelectorAll('.chart td')].map((c) => c.textContent)")
        text = page.ask("return document.querySelector('.chart').textContent")
        check("a spike of one step among 5,001 is shown", "7.25" in cells and "3210" in cells)
        check("the page says how many points it shows", "of 5,001 points shown" in text)

    # As large as it gets: all curves are thinned to 500 points, however many rows there are.
    synthetic(folder / "large", 40, 50, 700, lambda step, m, k: round(1 - math.exp(-step / 90 - m / 40) * .9 + rng.gauss(0, .004), 4))
    run("report", "large", cwd=folder)
    size = (folder / "large" / "report.html").stat().st_size
    with Page(folder / "large" / "report.html") as page:
        memory = page.driver.execute_cdp_cmd("Runtime.getHeapUsage", {})["usedSize"]
        page.scroll_through()
        after = page.driver.execute_cdp_cmd("Runtime.getHeapUsage", {})["usedSize"]
        print(f"      40 models, 50 curves: {size / 1e6:.2f} MB, ready in {page.seconds:.2f} s, {memory / 1e6:.0f} MB of "
              f"JavaScript memory, {after / 1e6:.0f} MB with every chart drawn")
        check("40 models of 50 curves take less than 3 MB", size < 3e6)
        check("and say nothing on the console", not page.console())


def of_unusual_runs(folder):
    write_table(folder, ["red", "green", "blue"])
    (folder / "page.ini").write_text(PIPELINE.format(hostile="", classes=3, steps=200))

    def opened(name, words, says):
        with Page(folder / name / "report.html") as page:
            page.scroll_through()
            text = page.ask("return document.body.innerText")
            page.shot(name)
            check(f"{name}: {words}", says in text and not page.console())

    run("run", "page.ini", "model:l2.learning_rate=1e30", "--out", "diverged", "--progress", "none", cwd=folder, may_fail=True)
    opened("diverged", "a diverged model is named", "FAILED: diverged")
    run("run", "page.ini", "training.steps=0", "--out", "single", "--progress", "none", cwd=folder)
    opened("single", "a single row has a page", "Values at the end")
    shutil.copytree(folder / "single", folder / "earlier")
    described = json.loads((folder / "earlier" / "run.json").read_text())
    for key in ("plugins", "versions", "kernels", "blas", "class_names", "data", "git"):
        described.pop(key, None)
    for metric in described["metrics"]:
        for key in ("title", "unit_of", "better_for"):
            metric.pop(key)
    (folder / "earlier" / "run.json").write_text(json.dumps(described))
    for file in ("predictions.h5", "nodes.h5", "weights.h5", "report.html"):
        (folder / "earlier" / file).unlink(missing_ok=True)
    run("report", "earlier", cwd=folder)
    opened("earlier", "the folder of an earlier version has a page", "Values at the end")
    # Stopped in the middle, as by a power cut: its run.json says running.
    process = subprocess.Popen([PROGRAM, "run", "page.ini", "training.steps=100000000", "report:html.refresh=0.2", "--out", "stopped",
                                "--progress", "none"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    live = folder / "stopped" / "report.html"
    began = time.time()
    while not live.exists() and time.time() - began < 60:
        time.sleep(0.2)
    check("the page is there while the run goes on", live.exists())
    with Page(live) as page:
        first = page.ask("return document.getElementById('state').textContent")
        later, began = first, time.time()
        while later == first and time.time() - began < 60:  # a busy machine writes the page less often
            time.sleep(1)
            later = page.ask("return document.getElementById('state')?.textContent ?? ''") or first
        check(f"it grows by itself: {first!r}, then {later!r}", "goes on" in first and first != later)
    process.kill()
    process.wait()
    run("report", "stopped", cwd=folder)
    opened("stopped", "an unfinished run has a page", "Values at the end")


with tempfile.TemporaryDirectory() as scratch:
    os.environ.setdefault("HOME", scratch)
    for part in (of_a_run, of_hostile_names, of_a_sweep, of_a_sweep_of_many_settings, of_many_points, of_unusual_runs):
        place = pathlib.Path(scratch) / part.__name__
        place.mkdir()
        part(place)
sys.exit(f"{len(failures)} of the checks failed" if failures else 0)
