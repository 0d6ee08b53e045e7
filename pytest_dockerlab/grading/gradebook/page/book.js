// The gradebook: what is shown of it, and in which order. Draws nothing.

const book = JSON.parse(document.getElementById("book").textContent);
const words = book.words;
const number = new Intl.NumberFormat(book.language, { maximumFractionDigits: 2 });
const [PASSED, FAILED, ADVISED, NOT_ATTEMPTED, UNVERIFIED, ERROR] = book.verdicts.keys();
const OPTIONAL_FAILED = book.verdicts.length;
const BLANK = OPTIONAL_FAILED + 1;

// What a cell shows: its verdict, or that a failure costs nothing. The order is that of sorting: what asks for somebody first.
const KINDS = [
  { code: ERROR, name: "error" },
  { code: FAILED, name: "failed" },
  { code: UNVERIFIED, name: "unverified" },
  { code: NOT_ATTEMPTED, name: "not-attempted" },
  { code: ADVISED, name: "advised" },
  { code: OPTIONAL_FAILED, name: "optional-failed" },
  { code: PASSED, name: "passed" },
];
const kindOf = new Map(KINDS.map((kind, place) => [kind.code, { ...kind, place }]));
const homeworks = [...new Set(book.items.map((item) => item.homework))];
const isAddress = book.columns.map((name) => /mail/i.test(name)); // by the roster's columns
const wordOf = (code) => (code === OPTIONAL_FAILED ? words.optional_failed : book.verdicts[code]);
const symbolOf = (code) => book.symbols[code === OPTIONAL_FAILED ? FAILED : code];

const STATES = {
  all: () => true,
  final: (row) => row.state === "final",
  provisional: (row) => row.state === "provisional",
  error: (row) => row.state === "error",
  waiting: (row) => row.state === "waiting",
  exempt: (row) => row.state === "exempt",
  by_hand: (row) => row.byHand,
  late: (row) => row.late,
  workflow_differs: (row) => row.template === "differs",
  workflow_absent: (row) => row.template === "absent",
};

for (const [place, row] of book.rows.entries()) {
  row.place = place;
  row.byHand = row.marks.some((at) => at >= 0 && book.marks[at].who !== undefined);
  row.found = [row.id, row.name, row.commit, ...row.cells].join("\n").toLocaleLowerCase(book.language);
  row.codes = Uint8Array.from(row.marks, (at, column) => {
    if (at < 0) return BLANK;
    const verdict = book.marks[at].v;
    return verdict === FAILED && !book.items[column].required ? OPTIONAL_FAILED : verdict;
  });
}

const markOf = (row, column) => (row.marks[column] < 0 ? null : book.marks[row.marks[column]]);

const START = { text: "", state: "all", verdict: -1, item: -1, cause: -1, least: -1, below: -1, by: "roster", down: false };
const asked = { ...START };

const view = {
  base: [], // by state, text and score: what the overview counts
  rows: [], // and by verdict, item and cause: what the matrix shows
  counts: [], // of the base, by item: how many have which verdict
  causes: new Map(), // of the base: why something is not verified
};

function isInBase(row) {
  if (!STATES[asked.state](row)) return false;
  if (asked.text && !row.found.includes(asked.text)) return false;
  return asked.least < 0 || (row.total !== null && row.total >= asked.least && row.total < asked.below);
}

function isShown(row) {
  if (asked.cause >= 0) {
    const isIt = (at, column) => at >= 0 && book.marks[at].cause === asked.cause && (asked.item < 0 || asked.item === column);
    if (!row.marks.some(isIt)) return false;
  }
  if (asked.verdict >= 0) return asked.item < 0 ? row.codes.includes(asked.verdict) : row.codes[asked.item] === asked.verdict;
  return true;
}

let countedFor = null;

function refresh() {
  const base = [asked.state, asked.text, asked.least].join("\n");
  if (base !== countedFor) {
    view.base = book.rows.filter(isInBase);
    count();
    countedFor = base;
  }
  view.rows = view.base.filter(isShown);
  sort();
}

// Whoever has not tried has not met with difficulties.
const isTried = (code) => [PASSED, FAILED, OPTIONAL_FAILED, ADVISED].includes(code);

function count() {
  view.counts = book.items.map(() => new Uint32Array(BLANK + 1));
  view.causes = new Map();
  for (const row of view.base) {
    for (let column = 0; column < row.codes.length; column += 1) {
      const code = row.codes[column];
      view.counts[column][code] += 1;
      if (code === UNVERIFIED || code === ERROR) countCause(row, column, book.marks[row.marks[column]]);
    }
  }
}

function countCause(row, column, mark) {
  if (mark.because !== undefined || mark.cause === undefined) return;
  const found = view.causes.get(mark.cause) ?? { mark, rows: 0, last: null, items: new Set(), isHarmless: false };
  view.causes.set(mark.cause, found);
  found.items.add(column);
  if (row.state === "final") found.isHarmless = true;
  if (found.last !== row) found.rows += 1; // its rows come one after another
  found.last = row;
}

const triedIn = (counts) => counts.reduce((sum, some, code) => sum + (isTried(code) ? some : 0), 0);

const collator = new Intl.Collator(book.language, { numeric: true, sensitivity: "base" });
let isRanked = false;

// Comparing names takes long, numbers do not: each row has its rank among all names, made when it is first asked for.
function rank() {
  if (isRanked) return;
  const named = book.rows.map((row) => [row, row.name || row.id]);
  named.sort(([, one], [, other]) => collator.compare(one, other));
  for (const [at, [row]] of named.entries()) row.rank = at;
  isRanked = true;
}

const SCORES = { total: (row) => row.total, required: (row) => row.points, bonus: (row) => row.bonus };

function keyOf(by) {
  if (by === "name") return rank(), (row) => row.rank;
  if (by in SCORES) return (row) => (row.total === null ? -Infinity : SCORES[by](row));
  return (row) => kindOf.get(row.codes[by])?.place ?? KINDS.length;
}

function sort() {
  if (asked.by === "roster") return;
  const key = keyOf(asked.by);
  const sign = asked.down ? -1 : 1;
  view.rows.sort((one, other) => sign * (key(one) - key(other)) || one.place - other.place);
}
