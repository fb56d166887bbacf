#!/usr/bin/env python3
"""Reads sql/migrations and says what would hurt on a database that lives.

usage: tools/lint_migrations.py [--landed REF] [FOLDER]
       tools/lint_migrations.py --self-test

  numbers     0001_name.sql, without a gap
  landed      what the landed branch holds (origin/main, else HEAD) is neither edited nor removed
  plain       no transaction of its own, no "if not exists", no "concurrently": it runs once, in one
  destroys    drop, truncate and delete stand under a comment "-- destroys: why it may", except for
              what the same file made
  types       text, timestamptz, jsonb, identity instead of varchar, timestamp, json, serial
  keys        every table has a primary key
  references  a foreign key has an index that begins with one of its columns, or the file says
              "-- no index on references to a, b: why"
"""
import os
import re
import subprocess
import sys
import tempfile

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOKEN = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)|(?P<dollar>\$(\w*)\$.*?\$\3\$)|(?P<text>'(?:[^']|'')*')|(?P<end>;)",
    re.S)
TYPES = (
    (r"\b(small|big)?serial\b", "serial: write an identity column"),
    (r"\btimestamp\b(?! '')", "timestamp: write timestamptz"),
    (r"\b(varchar|char|character varying|character|bpchar)\b(?!\s*\.)", "varchar or char: write text and a check"),
    (r"\bjson\b", "json: write jsonb"),
    (r"\bmoney\b", "money: write numeric"),
)
PLAIN = (
    (r"^(begin|commit|rollback|savepoint|start transaction)\b", "a migration is one transaction already"),
    (r"\bif not exists\b", "\"if not exists\": a migration knows what is there"),
    (r"\bconcurrently\b", "concurrently: not inside a transaction"),
)
NAME = r'(?:"?\w+"?\.)?"?(\w+)"?'


class Statement:
    def __init__(self, path, line, sql, comments):
        self.path, self.line, self.sql, self.comments = path, line, sql, comments


def statements(path, text):
    """Splits a script; bodies and literals are emptied, comments kept beside the statement below."""
    start, sql, comments = 0, "", []
    for match in list(TOKEN.finditer(text)) + [None]:
        here = match.start() if match else len(text)
        sql += text[start:here]
        start = match.end() if match else here
        if match and match.lastgroup == "comment":
            comments.append(match.group().lstrip("-/* ").rstrip("*/ "))
        elif match and not match.group("end"):
            sql += "''"
        else:
            clean = re.sub(r"\s+", " ", sql).strip().lower()
            if clean:
                first = here - len(sql.lstrip()) if sql.strip() else here
                yield Statement(path, text.count("\n", 0, max(first, 0)) + 1, clean, comments)
                comments = []
            sql = ""


def inside(sql, at):
    """What stands between the parenthesis at `at` and its partner, and the index after it."""
    depth = 0
    for i in range(at, len(sql)):
        depth += (sql[i] == "(") - (sql[i] == ")")
        if depth == 0:
            return sql[at + 1:i], i + 1
    return sql[at + 1:], len(sql)


def items(body):
    """Splits at the commas that stand in no parenthesis."""
    depth, part = 0, ""
    for c in body:
        depth += (c == "(") - (c == ")")
        if c == "," and depth == 0:
            yield part.strip()
            part = ""
        else:
            part += c
    if part.strip():
        yield part.strip()


def columns(text):
    return [re.sub(r'["\s].*', "", part.strip().strip('"')) for part in items(text)]


class Schema:
    def __init__(self):
        self.tables, self.indexes, self.references = {}, {}, []

    def item(self, statement, table, item):
        """One element of a table, or what follows "add" in an alter table."""
        item = re.sub(r"^constraint \S+ ", "", item)
        key = re.match(r"(primary key|unique)[^(]*\(", item)
        foreign = re.match(r"foreign key \(([^)]*)\) references " + NAME, item)
        if key:
            self.indexes.setdefault(table, []).append(columns(inside(item, key.end() - 1)[0]))
        if foreign:
            self.references.append((statement, table, columns(foreign[1]), foreign[2]))
        elif not re.match(r"(like|check|exclude|primary|unique)\b", item):
            column = item.split(" ")[0].strip('"')
            target = re.search(r"\breferences " + NAME, item)
            if target:
                self.references.append((statement, table, [column], target[1]))
            if re.search(r"\b(primary key|unique)\b", item):
                self.indexes.setdefault(table, []).append([column])
        if re.search(r"\bprimary key\b", item):
            self.tables[table] = (statement, True)

    def read(self, statement):
        sql = statement.sql
        made = re.match(r"create (?:unlogged )?table " + NAME + r" ?\(", sql)
        changed = re.match(r"alter table (?:only )?" + NAME + " ", sql)
        index = re.match(r"create (?:unique )?index (?:\w+ )?on (?:only )?" + NAME + r" (?:using \w+ )?\(", sql)
        dropped = re.match(r"drop table (?:if exists )?(.*?)( cascade| restrict)?$", sql)
        if made:
            self.tables[made[1]] = (statement, False)
            for item in items(inside(sql, made.end() - 1)[0]):
                self.item(statement, made[1], item)
        elif changed:
            for action in items(sql[changed.end():]):
                added = re.match(r"add (?:column )?(.*)", action)
                if added:
                    self.item(statement, changed[1], added[1])
        elif index:
            names, after = inside(sql, index.end() - 1)
            where = re.search(r" where (.*)$", sql[after:])
            first = columns(names)[0]
            if not where or where[1].strip("() ") == first + " is not null":
                self.indexes.setdefault(index[1], []).append(columns(names))
        elif dropped:
            for name in columns(dropped[1]):
                self.tables.pop(name.split(".")[-1], None)


def lint_numbers(folder, names):
    for at, name in enumerate(names, 1):
        if not re.fullmatch(r"[0-9]{4}_[a-z0-9_]+\.sql", name):
            yield f"{name}: is not named 0001_name.sql"
        elif int(name[:4]) != at:
            yield f"{name}: number {at:04} is expected here"


def git(folder, *arguments):
    run = subprocess.run(["git", "-C", folder, *arguments], capture_output=True)
    return run.stdout if run.returncode == 0 else None


def lint_landed(folder, names, landed):
    """None when there is no history to compare with."""
    refs = [landed] if landed else ["origin/main", "HEAD"]
    ref = next((r for r in refs if git(folder, "rev-parse", "--verify", "-q", r + "^{commit}")), None)
    if not ref:
        return None
    findings = []
    listed = git(folder, "ls-tree", "--name-only", ref, "./") or b""
    for name in listed.decode().split():
        was = git(folder, "show", f"{ref}:./{name}")
        path = os.path.join(folder, name)
        if name.endswith(".sql") and not os.path.exists(path):
            findings.append(f"{name}: has landed ({ref}) and is gone")
        elif name.endswith(".sql") and open(path, "rb").read() != was:
            findings.append(f"{name}: has landed ({ref}) and is edited: put the change into a new one")
    return findings


def lint_plain(all_statements):
    for s in all_statements:
        for pattern, why in PLAIN:
            if re.search(pattern, s.sql):
                yield f"{s.path}:{s.line}: {why}"


def lint_destroys(all_statements):
    made = set()
    for s in all_statements:
        new = re.match(r"create (?:\w+ )*?(table|function|view|sequence|type|index|trigger) " + NAME, s.sql)
        if new:
            made.add((s.path, new[2]))
        gone = re.match(r"drop \w+ (?:if exists )?" + NAME, s.sql)
        if gone and (s.path, gone[1]) in made:
            continue
        hurts = gone or re.match(r"(drop|truncate|delete from)\b", s.sql) or (
            s.sql.startswith("alter") and re.search(r"\bdrop (?!not null|default|expression|identity)", s.sql))
        if hurts and not any(c.startswith("destroys:") and c[9:].strip() for c in s.comments):
            yield f"{s.path}:{s.line}: \"{s.sql[:60]}\" without a comment \"-- destroys: why it may\""


def lint_types(all_statements):
    for s in all_statements:
        if not re.match(r"(create (unlogged )?table|alter table|create type|create domain)\b", s.sql):
            continue
        for pattern, why in TYPES:
            if re.search(pattern, s.sql):
                yield f"{s.path}:{s.line}: {why}"


def lint_keys(schema):
    for table, (s, has_key) in sorted(schema.tables.items()):
        if not has_key:
            yield f"{s.path}:{s.line}: {table} has no primary key"


def excused(comments):
    names = set()
    for comment in comments:
        match = re.match(r"no index on references to ([\w, ]+): *\S", comment)
        names |= set(re.split(r"[, ]+", match[1])) if match else set()
    return names


def lint_references(schema, all_statements):
    excuses = {}
    for s in all_statements:
        excuses.setdefault(s.path, set()).update(excused(s.comments))
    for s, table, names, target in schema.references:
        covered = any(index and index[0] in names for index in schema.indexes.get(table, []))
        if table in schema.tables and not covered and target not in excuses[s.path]:
            yield f"{s.path}:{s.line}: {table} ({', '.join(names)}) references {target} without an index"


def lint(folder, landed=None):
    """Yields (rule, findings or None)."""
    names = sorted(n for n in os.listdir(folder) if n.endswith(".sql"))
    read = []
    schema = Schema()
    for name in names:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            read += statements(name, file.read())
    for s in read:
        schema.read(s)
    yield "numbers", list(lint_numbers(folder, names))
    yield "landed", lint_landed(folder, names, landed)
    yield "plain", list(lint_plain(read))
    yield "destroys", list(lint_destroys(read))
    yield "types", list(lint_types(read))
    yield "keys", list(lint_keys(schema))
    yield "references", list(lint_references(schema, read))


GOOD = """
create table a (id bigint generated always as identity primary key, at timestamptz, note text default 'varchar(3);');
create table scratch (x jsonb);
drop table scratch;
-- why not
create table b (a_id bigint not null references a, n int, primary key (a_id, n));
create function f() returns trigger language plpgsql as $$ begin delete from a; drop table a; end $$;
"""
PLANTS = (
    ("numbers", {"0003_b.sql": "select 1;"}),
    ("numbers", {"0002-b.sql": "select 1;"}),
    ("plain", {"0002_b.sql": "begin; select 1; commit;"}),
    ("plain", {"0002_b.sql": "create table if not exists c (id int primary key);"}),
    ("destroys", {"0002_b.sql": "drop table b;"}),
    ("destroys", {"0002_b.sql": "alter table a drop column note;"}),
    ("destroys", {"0002_b.sql": "-- destroys:\ntruncate b;"}),
    ("types", {"0002_b.sql": "create table c (id bigserial primary key);"}),
    ("types", {"0002_b.sql": "alter table a add x timestamp;"}),
    ("types", {"0002_b.sql": "alter table a add x varchar(20);"}),
    ("keys", {"0002_b.sql": "create table c (id int);"}),
    ("references", {"0002_b.sql": "create table c (id int primary key, b_id bigint references a);"}),
    ("references", {"0002_b.sql": "alter table b add m bigint, add foreign key (m) references a (id);"}),
    (None, {"0002_b.sql": "-- destroys: was never filled\ndrop table b;"}),
    (None, {"0002_b.sql": "alter table a alter note drop not null;"}),
    (None, {"0002_b.sql": "create table c (id int primary key, b_id bigint references a); create index on c (b_id);"}),
    (None, {"0002_b.sql": "-- no index on references to a: never deleted\n"
                          "create table c (id int primary key, b_id bigint references a);"}),
)


def self_test():
    for wanted, files in PLANTS:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {"0001_a.sql": GOOD, **files}.items():
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(text)
            found = {rule for rule, findings in lint(folder) if findings}
            said = " ".join(text.replace("\n", " ") for text in files.values())
            good = found == ({wanted} if wanted else set())
            print(f"{'ok' if good else 'not ok'} - migrations: {said} "
                  f"{'is refused by ' + wanted if wanted else 'is accepted'}"
                  + ("" if good else f"\n# found: {sorted(found)}"))
            yield good


def main(arguments):
    if arguments == ["--self-test"]:
        return 0 if all(list(self_test())) else 1
    landed = None
    if arguments[:1] == ["--landed"] and len(arguments) > 1:
        landed, arguments = arguments[1], arguments[2:]
    folder = arguments[0] if arguments else os.path.join(HOME, "sql", "migrations")
    if len(arguments) > 1 or not os.path.isdir(folder):
        print(__doc__, file=sys.stderr)
        return 2
    failed = False
    for rule, findings in lint(folder, landed):
        if findings is None:
            print(f"ok - migrations: {rule} # SKIP no history to compare with")
            continue
        print(f"{'not ok' if findings else 'ok'} - migrations: {rule}")
        for finding in findings:
            print(f"# {finding}")
        failed |= bool(findings)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
