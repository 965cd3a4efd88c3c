#!/usr/bin/env python3
"""tables.py PROGRAM LOADED: reads every table that scikit-learn and statsmodels ship, and compares with NumPy.

For each table, PROGRAM data inspect says what it is. With the settings that it prints, LOADED (loaded.cpp) loads the
table three times, with scaling none, standardise and minmax, in the order of the file. This program reads the same file
with Python's csv module and float(), computes inputs, categories, means for missing values, labels and classes by their
definitions in float64, and compares: without scaling every bit of the cells, otherwise to 1e-6. Then the section is
loaded as it stands, and must hold the same rows; every class in proportion where it sets stratify.

A table without a column that can be a label gets one for the comparison: the number of the row modulo 3.

Needs NumPy, scikit-learn and statsmodels; it is not part of the test suite.
"""
import collections
import csv
import gzip
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
import sklearn.datasets
import statsmodels

MISSING = {"", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NAN", "null", "NULL", "None", "?", "."}
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "space": " "}
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def number(cell):
    return float(cell) if NUMBER.fullmatch(cell) else None


def shipped():
    for package, folder in (("scikit-learn", pathlib.Path(sklearn.datasets.__file__).parent / "data"),
                            ("statsmodels", pathlib.Path(statsmodels.__file__).parent)):
        for file in sorted(folder.rglob("*")):
            if file.name.endswith((".csv", ".csv.gz")):
                yield package, file


def inspect(program, file):
    """The settings of the section, in order, or nothing; and what was said."""
    ran = subprocess.run([program, "data", "inspect", file], capture_output=True, text=True, errors="replace")
    if ran.returncode != 0:
        return None, ran.stderr.strip()
    settings = {}
    section = ran.stdout.partition("[dataset]\n")[2]
    for line in section.splitlines():
        if not line.startswith(";"):
            key, _, value = line.partition(" = ")
            settings[key] = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
    settings.pop("plugin", None)
    return settings, ran.stdout


def read(file, settings):
    data = (gzip.open(file) if str(file).endswith(".gz") else open(file, "rb")).read()
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    mark, comment = SEPARATORS[settings.get("separator", "comma")], settings.get("comment")
    lines = [line for line in re.split(r"\r?\n", text) if line.strip() and not (comment and line.startswith(comment))]
    if mark == " ":
        rows = [next(csv.reader([re.sub(r"[ \t]+", " ", line.strip())], delimiter=" ")) for line in lines]
    else:
        rows = list(csv.reader(lines, delimiter=mark, skipinitialspace=True))
    rows = [[cell.strip() for cell in row] for row in rows]
    names = rows.pop(0) if settings["header"] == "yes" else []
    assert all(len(row) == len(rows[0]) for row in rows)
    return names, rows


def column(word, names):
    return names.index(word) if word in names else int(word.removeprefix("column ")) - 1


def expected(file, settings):
    """Inputs (float64, one sample a row), which of them are means, labels as class numbers, and class names."""
    names, rows = read(file, settings)
    listed = {key: [column(w.strip(), names) for w in settings.get(key, "").split(",") if w.strip()]
              for key in ("drop", "categories")}
    label = column(settings["label"], names)
    used = [c for c in range(len(rows[0])) if c not in listed["drop"]]
    if settings.get("missing") == "drop_rows":
        rows = [row for row in rows if not any(row[c] in MISSING for c in used)]
    inputs = []
    for c in used:
        if c == label:
            continue
        cells = [row[c] for row in rows]
        if c in listed["categories"]:
            for word in sorted({cell for cell in cells} - MISSING, key=lambda w: w.encode("utf-8", "surrogateescape")):
                inputs.append([math.nan if cell in MISSING else float(cell == word) for cell in cells])
        else:
            inputs.append([math.nan if cell in MISSING else number(cell) for cell in cells])
    X = np.array(inputs, dtype=np.float64)
    filled = np.isnan(X)
    for x in X:
        known = x[~np.isnan(x)]
        x[np.isnan(x)] = math.fsum(known) / len(known)
    words = [row[label] for row in rows]
    values = [number(word) for word in words]
    if None not in values:
        classes = sorted(set(values))
        y = [classes.index(v) for v in values]
        class_names = [str(int(v)) if v == int(v) else repr(v) for v in classes]
    else:
        classes = sorted(set(words), key=lambda w: w.encode("utf-8", "surrogateescape"))
        y, class_names = [classes.index(w) for w in words], classes
    return X.T, filled.T, y, class_names


def scaled(X, how):
    out = np.empty_like(X)
    for j, x in enumerate(X.T):
        if how == "none":
            out[:, j] = x
        elif x.min() == x.max():
            out[:, j] = 0
        elif how == "minmax":
            out[:, j] = (x - x.min()) / (x.max() - x.min())
        else:
            mean = math.fsum(x) / len(x)
            out[:, j] = (x - mean) / math.sqrt(math.fsum((x - mean) ** 2) / len(x))
    return out


def load(loaded, folder, settings):
    ran = subprocess.run([loaded, "csv", folder, *(f"{k}={v}" for k, v in settings.items())], capture_output=True,
                         text=True, check=True)
    said = json.loads(ran.stdout)
    if "error" in said:
        raise ValueError(said["error"])
    samples = [np.fromfile(f"{folder}/{split}.f32", dtype=np.float32).reshape(-1, said[split]["features"])
               for split in ("train", "test")]
    return said, *samples


def compare(loaded, folder, settings):
    """What differs, as text; nothing if nothing does."""
    X, filled, y, class_names = expected(settings["train"], settings)
    in_order = {k: v for k, v in settings.items() if k not in ("test_rows", "shuffle", "stratify", "scaling")}
    in_order["test"] = settings["train"]
    for how in ("none", "standardise", "minmax"):
        said, train, test = load(loaded, folder, {**in_order, "scaling": how})
        want = scaled(X, how)
        if train.shape != want.shape:
            return f"{how}: shape {train.shape}, not {want.shape}"
        if not np.array_equal(train, test):
            return f"{how}: training and test samples of the same file differ"
        if how == "none" and not np.array_equal(train[~filled], want.astype(np.float32)[~filled]):
            return f"{how}: other bits"
        size = np.abs(X).max(axis=0) if how == "none" else 1  # a mean may be much smaller than the values
        if not np.all(np.abs(train - want) <= 1e-6 * np.maximum(size, np.abs(want)) + 1e-44):  # the least float32
            return f"{how}: differs by up to {np.max(np.abs(train - want))}"
        if said["train"]["labels"] != y or said["test"]["labels"] != y or said["classes"] != len(class_names):
            return f"{how}: other labels"
        # What is not UTF-8 is shown otherwise in JSON.
        plain = [name.isascii() for name in class_names]
        names = said["class_names"] or [str(n) for n in range(said["classes"])]
        if any(ok and a != b for ok, a, b in zip(plain, names, class_names)):
            return f"{how}: classes {names}, not {class_names}"
    said, train, test = load(loaded, folder, {**settings, "scaling": "none"})
    if "categories" in settings or settings.get("missing") == "mean":
        return None  # these depend on which rows are trained on
    rows = collections.Counter((x.tobytes(), label) for x, label in zip(X.astype(np.float32), y))
    got = collections.Counter((x.tobytes(), label) for x, label in zip(
        np.concatenate([train, test]), said["train"]["labels"] + said["test"]["labels"]))
    if rows != got:
        return "split: other rows"
    if "stratify" not in settings:
        return None
    share = len(said["test"]["labels"]) / len(y)
    for c, count in collections.Counter(y).items():
        if abs(said["test"]["labels"].count(c) - share * count) > 1.000001 and count > 2:
            return f"stratified: {said['test']['labels'].count(c)} of {count} rows of class {c}"
    return None


def with_label(file, settings_text, folder):
    """A copy with a label: the number of the row modulo 3."""
    separator = re.search(r"separated by (comma|semicolon|tab|white space)", settings_text)[1]
    settings = {"header": "no" if "without names" in settings_text else "yes",
                "separator": "space" if separator == "white space" else separator}
    names, rows = read(file, settings)
    copy = pathlib.Path(folder) / (file.name.removesuffix(".gz") + ".labelled.csv")
    with open(copy, "w", newline="", encoding="utf-8", errors="surrogateescape") as out:
        writer = csv.writer(out)
        if names:
            writer.writerow(names + ["label"])
        writer.writerows(row + ["abc"[n % 3]] for n, row in enumerate(rows))
    return copy


def main(program, loaded):
    outcomes = collections.Counter()
    for package, file in shipped():
        with tempfile.TemporaryDirectory() as folder:
            name = f"{package} {file.name}"
            try:
                settings, said = inspect(program, file)
                made = ""
                if settings is not None and not settings:
                    settings, said = inspect(program, with_label(file, said, folder))
                    made = " with a label of ours"
                if settings is None:
                    outcome, detail = "refused", said
                elif not settings:
                    outcome, detail = "no input", said.splitlines()[0]
                elif "does not work yet" in said:
                    outcome, detail = "SECTION FAILS", said.splitlines()[-1]
                else:
                    detail = compare(loaded, folder, settings)
                    outcome = "DIFFERS" if detail else "equal" + made
            except Exception as error:  # the comparison goes on with the next table
                outcome, detail = "FAILED", f"{type(error).__name__}: {error}"
            outcomes[outcome] += 1
            if not outcome.startswith("equal"):
                print(f"{outcome}: {name}: {detail}".replace(str(file.parent) + "/", ""))
    print(", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())))
    bad = sum(count for outcome, count in outcomes.items() if outcome.isupper())
    equal = sum(count for outcome, count in outcomes.items() if outcome.startswith("equal"))
    sys.exit(1 if bad or equal < 60 else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
