// What was asked for is in the page's controls and in its address, so that a view can be kept, and sent to a colleague.

const controls = Object.fromEntries(["search", "addresses", "verdict", "item", "shown", "clear", "filters", "states", "because"].map((id) => [id, document.getElementById(id)]));

function show(change = {}) {
  Object.assign(asked, change);
  refresh();
  if ("by" in change || "text" in change || "state" in change) scroller.scrollTop = 0;
  drawRows();
  drawHeadState();
  drawControls();
  drawReasons(show);
  drawItems(show, (column) => openItem(column, showAndStay));
  keepInAddress();
}

// From an item's own panel, which stays.
function showAndStay(change) {
  show(change);
  openItem(Number(change.item >= 0 ? change.item : active.column), showAndStay);
}

function drawControls() {
  const isAll = view.rows.length === book.rows.length;
  controls.shown.textContent = isAll ? "" : `${words.shown}: ${number.format(view.rows.length)} ${words.of} ${number.format(book.rows.length)}`;
  controls.clear.hidden = isAll && Object.entries(START).every(([name, value]) => name === "by" || name === "down" || asked[name] === value);
  controls.verdict.value = asked.verdict;
  controls.item.value = asked.item;
  controls.because.hidden = asked.cause < 0;
  controls.because.textContent = asked.cause < 0 ? "" : book.causes[asked.cause];
  for (const button of controls.states.children) button.setAttribute("aria-pressed", button.dataset.state === asked.state);
  for (const bin of document.querySelectorAll("#scores button")) bin.setAttribute("aria-pressed", Number(bin.dataset.least) === asked.least);
}

function drawStates() {
  for (const [state, isIt] of Object.entries(STATES)) {
    const count = book.rows.filter(isIt).length;
    if (!count && state !== "all" && state !== "final") continue;
    const button = element("button", { type: "button", class: state, onclick: () => show({ state: asked.state === state ? "all" : state }) },
      element("span", {}, words[state]), " ", element("b", {}, number.format(count)));
    button.dataset.state = state;
    controls.states.append(button);
  }
}

// How many have which score: at most 20 bins, each a whole number of points wide.
function drawScores() {
  const totals = book.rows.map((row) => row.total).filter((total) => total !== null).sort((one, other) => one - other);
  if (totals.length < 2) return;
  const figure = document.getElementById("scores");
  const settled = book.rows.filter((row) => row.state === "final").map((row) => row.total).sort((one, other) => one - other);
  const middle = (settled.length - 1) / 2;
  const median = settled.length ? `${words.median} ${number.format((settled[Math.floor(middle)] + settled[Math.ceil(middle)]) / 2)}, ` : "";
  const highest = Math.max(book.maximum, totals[totals.length - 1]);
  const width = Math.max(1, Math.ceil((highest + 1) / 20));
  const lowest = Math.min(0, Math.floor(totals[0] / width) * width);
  const bins = Array.from({ length: Math.floor((highest - lowest) / width) + 1 }, (_, at) => ({ least: lowest + at * width, count: 0 }));
  for (const total of totals) bins[Math.floor((total - lowest) / width)].count += 1;
  const most = Math.max(...bins.map((bin) => bin.count));
  const mostPoints = number.format(book.maximum) + (book.bonus ? ` + ${words.bonus} ${number.format(book.bonus)}` : "");
  figure.firstElementChild.append(`${words.totals}: ${median}${words.maximum} ${mostPoints}`);
  figure.lastElementChild.append(...bins.map(({ least, count }) => {
    const to = least + width;
    const said = `${words.total} ${width > 1 ? `${least}–${to - 1}` : least}: ${count}`;
    const column = element("i");
    column.style.height = `${count ? Math.max(4, (100 * count) / most) : 0}%`;
    const bin = element("button", { type: "button", title: said, "aria-label": said, disabled: !count,
      onclick: () => show(asked.least === least ? { least: -1, below: -1 } : { least, below: to }) },
      element("span", { class: "column" }, column), element("small", {}, String(least)));
    bin.dataset.least = least;
    return bin;
  }));
  figure.hidden = false;
}

function drawChoices() {
  const option = (value, said) => element("option", { value }, said);
  controls.verdict.append(option(-1, words.any_verdict), ...KINDS.map(({ code }) => option(code, wordOf(code))));
  controls.item.append(option(-1, words.any_item), ...book.items.map((item, column) => option(column, item.id)));
  document.querySelector(".legend .verdicts").append(...[PASSED, FAILED, OPTIONAL_FAILED, ADVISED, NOT_ATTEMPTED, UNVERIFIED, ERROR].map(
    (code) => element("span", {}, element("span", { class: `mark ${kindOf.get(code).name}`, "aria-hidden": "true" }, symbolOf(code)), ` ${wordOf(code)}`)));
  document.querySelector(".legend .scores").append(element("span", {}, element("b", {}, words.required_points), `: ${words.three}`), ...["got", "lost", "open"].map(
    (part) => element("span", {}, element("i", { class: `bar ${part}`, "aria-hidden": "true" }), ` ${words[`part_${part}`]}`)));
}

function chosen(at, column) {
  if (at < 0) {
    const by = byOf(column);
    if (asked.by !== by) return show({ by, down: false });
    return show(asked.down ? { by: "roster", down: false } : { by, down: true });
  }
  const row = view.rows[at];
  if (column >= 0) openMark(row, column);
  else openRow(row);
}

let keeping = 0;

// A little later: browsers refuse a page that does so with every letter that is typed.
function keepInAddress() {
  clearTimeout(keeping);
  keeping = setTimeout(keep, 300);
}

function keep() {
  const kept = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    if (value === START[name]) continue;
    kept.set(name, name === "item" ? book.items[value].id : name === "by" && typeof value === "number" ? book.items[value].id : value);
  }
  history.replaceState(null, "", kept.size ? `#${kept}` : location.pathname + location.search);
}

function askedInAddress() {
  const kept = new URLSearchParams(location.hash.slice(1));
  const given = {};
  for (const [name, usual] of Object.entries(START)) {
    const value = kept.get(name);
    if (value === null) continue;
    const column = book.items.findIndex((item) => item.id === value);
    if (name === "item" || (name === "by" && column >= 0)) given[name] = column;
    else if (typeof usual === "number") given[name] = Number.isFinite(Number(value)) ? Number(value) : usual;
    else if (typeof usual === "boolean") given[name] = value === "true";
    else if (name !== "state" || value in STATES) given[name] = value;
  }
  return given;
}

function start() {
  document.querySelector("main").hidden = false;
  document.getElementById("nobody").textContent = book.rows.length ? words.nobody : words.no_rows;
  drawHead();
  drawStates();
  drawScores();
  drawChoices();
  listen(chosen);
  let waiting = 0;
  controls.search.addEventListener("input", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => show({ text: controls.search.value.trim().toLocaleLowerCase(book.language) }));
  });
  controls.addresses.hidden = emailAt < 0;
  controls.addresses.addEventListener("click", openAddresses);
  for (const name of ["verdict", "item"]) controls[name].addEventListener("change", () => show({ [name]: Number(controls[name].value), cause: -1 }));
  controls.filters.addEventListener("submit", (event) => event.preventDefault());
  controls.filters.addEventListener("reset", () => show({ ...START, by: asked.by, down: asked.down }));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !detail.hidden) closeDetail(), table.focus({ preventScroll: true });
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName)) controls.search.focus(), event.preventDefault();
  });
  const given = askedInAddress();
  controls.search.value = given.text ?? "";
  show(given);
}

start();
