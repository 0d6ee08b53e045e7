// The matrix: a row of the roster is a row, and only those in view are in the document. One cell is active, as in a spreadsheet.

const ROW = 28; // pixels, as in page.css
const AROUND = 12; // rows beyond the edges, so that scrolling shows no gap
const MOST_PRINTED = 2000;
const NAME = -4, TOTAL = -3, REQUIRED = -2, BONUS = -1, FIRST = NAME; // columns before the items
const NAMED = new Map([[NAME, "name"], [TOTAL, "total"], [REQUIRED, "required"], [BONUS, "bonus"]]);
const byOf = (column) => NAMED.get(column) ?? column; // as it is asked to be sorted

const scroller = document.getElementById("scroller");
const table = scroller.querySelector("table");
const body = table.tBodies[0];
const drawn = new Map(); // place in view.rows → its element
const active = { at: 0, column: NAME }; // at -1: the header

function element(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === false) continue;
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function drawHead() {
  const head = table.tHead;
  const heads = [headOf(NAME, words.submission), headOf(TOTAL, words.total), headOf(REQUIRED, words.required_points, words.three),
    headOf(BONUS, words.bonus_points), ...book.items.map((item, at) => headOf(at, item.name))];
  if (homeworks.length > 1) {
    const groups = homeworks.map((name) => [name, book.items.filter((item) => item.homework === name).length]);
    head.append(element("tr", { class: "homeworks", role: "row" }, element("td", { colspan: -FIRST }),
      ...groups.map(([name, count]) => element("th", { colspan: count, scope: "colgroup", title: name }, element("span", {}, name === "manual" ? words.by_hand : name)))));
  }
  head.append(element("tr", { role: "row", "aria-rowindex": 1 }, ...heads));
  table.setAttribute("aria-colcount", book.items.length - FIRST);
  table.style.setProperty("--items", book.items.length);
  table.classList.toggle("many-points", book.maximum >= 10);
  table.prepend(element("colgroup", {}, ...[...NAMED.values()].map((name) => element("col", { class: name })),
    ...book.items.map(() => element("col", { class: "mark" }))));
}

function headOf(column, name, more = "") {
  const item = book.items[column];
  const made = element("th", {
    id: `head${column}`, scope: "col", role: "columnheader", "aria-colindex": column - FIRST + 1,
    class: item ? `item ${item.level}${startsHomework(column) ? " first" : ""}` : NAMED.get(column),
    title: item ? `${item.id}\n${item.title}\n${words[item.level]}` : [name, more, words.sort].filter(Boolean).join("\n"),
  }, element("span", { class: "name" }, name), item ? element("span", { class: "share" }) : element("small", {}, more.replaceAll(" / ", " /\n")));
  made.dataset.column = column;
  return made;
}

const startsHomework = (column) => column > 0 && book.items[column].homework !== book.items[column - 1].homework;

function rowOf(row, at) {
  const cells = row.total === null ? [wholeOf(row)] : Array.from(row.codes, (code, column) => cellOf(row, code, column));
  const made = element("tr", { role: "row", "aria-rowindex": at + 2, class: row.state }, nameOf(row), ...scoresOf(row), ...cells);
  made.dataset.at = at;
  return made;
}

function nameOf(row) {
  const more = [row.name ? row.id : "", ...row.cells.filter((_cell, at) => !isAddress[at])].filter(Boolean).join(" · ");
  const named = row.page ? element("a", { href: row.page, target: "_blank", rel: "noopener", tabindex: -1 }, row.name || row.id)
    : element("span", { class: "named" }, row.name || row.id);
  return cell("th", NAME, { scope: "row", role: "rowheader", class: "name", title: `${row.name || row.id}\n${more}` }, element("div", {},
    named, element("small", {}, more),
    row.late ? element("span", { class: "tag late", title: row.deadline }, words.late) : null,
    row.template === "differs" ? element("span", { class: "tag", title: row.workflow }, words.workflow) : null,
    row.folder ? element("span", { class: "tag", title: words.as_it_lay }, words.no_git) : null,
    row.byHand ? element("span", { class: "tag hand", title: words.by_hand, role: "img", "aria-label": words.by_hand }, "✎") : null));
}

function scoresOf(row) {
  if (row.total === null) {
    return [cell("td", TOTAL, { class: "score none", colspan: -TOTAL }, element("span", { class: "state" }, words[row.state]))];
  }
  const isFinal = row.state === "final";
  return [
    cell("td", TOTAL, { class: `score total${isFinal ? "" : " open"}`, title: isFinal ? words.final : words.open },
      isFinal ? null : element("span", { class: "mark unverified", role: "img", "aria-label": words.provisional }, book.symbols[UNVERIFIED]),
      element("b", {}, number.format(row.total))),
    cell("td", REQUIRED, { class: "score required", title: words.three }, element("div", {}, requiredOf(row)), bar(row)),
    cell("td", BONUS, { class: "score bonus" }, bonusOf(row)),
  ];
}

const requiredOf = (row) => [row.points, row.known, row.max].map((points) => number.format(points)).join(" / ");
const signed = new Intl.NumberFormat(book.language, { maximumFractionDigits: 2, signDisplay: "exceptZero" });
const bonusOf = (row) => signed.format(row.bonus);

// Of what is required: what was earned, what was not, and what is not known.
function bar(row) {
  const share = (value) => `${Math.max(0, Math.min(100, (100 * value) / (row.max || 1)))}%`;
  const [known, got] = [element("i", { class: "known" }), element("i", { class: "got" })];
  known.style.width = share(row.known);
  got.style.width = share(row.points);
  return element("span", { class: "bar", "aria-hidden": "true" }, known, got);
}

// Of what has no result there is one thing to say, and not one for each item.
function wholeOf(row) {
  return cell("td", 0, { class: "whole", colspan: book.items.length, title: row.why }, row.why);
}

function cellOf(row, code, column) {
  const first = startsHomework(column) ? " first" : "";
  if (code === BLANK) return cell("td", column, { class: `mark blank${first}` });
  const mark = markOf(row, column);
  const isPart = mark.p > 0 && mark.p < mark.m;
  const traits = [first, mark.who === undefined ? "" : " by-hand", mark.because === undefined ? "" : " because", isPart ? " part" : ""];
  const said = [wordOf(code), isPart ? number.format(mark.p) : "", mark.who === undefined ? "" : words.by_hand];
  const why = mark.why === undefined ? "" : `\n${book.texts[mark.why]}`;
  return cell("td", column, { class: `mark ${kindOf.get(code).name}${traits.join("")}`, "aria-label": said.filter(Boolean).join(", "),
    title: `${book.items[column].name}: ${said[0]}${why}` },
    isPart ? number.format(mark.p) : symbolOf(code));
}

function cell(tag, column, given, ...children) {
  const made = element(tag, { role: "gridcell", "aria-colindex": column - FIRST + 1, ...given }, ...children);
  made.dataset.column = column;
  return made;
}

const space = () => element("tr", { class: "space", "aria-hidden": "true" }, element("td", { colspan: book.items.length - FIRST }));
const [above, below] = [space(), space()];
const setHeight = (spacer, rows) => { spacer.hidden = rows === 0; spacer.firstChild.style.height = `${rows * ROW}px`; };

// Everything anew: other rows, or another order.
function drawRows() {
  drawn.clear();
  body.replaceChildren(above, below);
  table.setAttribute("aria-rowcount", view.rows.length + 1);
  document.getElementById("nobody").hidden = view.rows.length > 0;
  active.at = Math.min(active.at, view.rows.length - 1);
  drawInView();
}

let isPrinting = false;

function drawInView() {
  const top = scroller.scrollTop;
  const first = isPrinting ? 0 : Math.max(0, Math.floor(top / ROW) - AROUND);
  const end = isPrinting ? Math.min(view.rows.length, MOST_PRINTED)
    : Math.min(view.rows.length, Math.ceil((top + scroller.clientHeight) / ROW) + AROUND);
  for (const [at, made] of drawn) {
    if (at < first || at >= end) made.remove(), drawn.delete(at);
  }
  let behind = above;
  for (let at = first; at < end; at += 1) {
    let made = drawn.get(at);
    if (made === undefined) {
      made = rowOf(view.rows[at], at);
      drawn.set(at, made);
      behind.after(made);
    }
    behind = made;
  }
  setHeight(above, first);
  setHeight(below, isPrinting ? 0 : view.rows.length - end);
  showActive();
}

const elementAt = (at, column) => (at < 0 ? document.getElementById(`head${column}`) : cellIn(drawn.get(at)?.cells, column));
const cellIn = (cells, column) => cells && [...cells].findLast((cell) => Number(cell.dataset.column) <= column);

function showActive() {
  for (const before of table.querySelectorAll(".active")) {
    before.classList.remove("active");
    if (before.id === "active") before.removeAttribute("id");
  }
  const now = elementAt(active.at, active.column);
  if (!now) return table.removeAttribute("aria-activedescendant");
  now.classList.add("active");
  if (!now.id) now.id = "active";
  table.setAttribute("aria-activedescendant", now.id);
}

function moveTo(at, column) {
  active.at = Math.max(-1, Math.min(view.rows.length - 1, at));
  active.column = Math.max(FIRST, Math.min(book.items.length - 1, column));
  if (active.at >= 0) {
    const head = table.tHead.offsetHeight;
    const room = scroller.clientHeight - head - ROW;
    const top = active.at * ROW;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top > scroller.scrollTop + room) scroller.scrollTop = top - room;
    drawInView();
  }
  const now = elementAt(active.at, active.column);
  const fixed = table.tHead.rows[table.tHead.rows.length - 1].cells[0].offsetWidth;
  if (now && active.column >= 0) {
    if (now.offsetLeft < scroller.scrollLeft + fixed) scroller.scrollLeft = now.offsetLeft - fixed;
    else if (now.offsetLeft + now.offsetWidth > scroller.scrollLeft + scroller.clientWidth) {
      scroller.scrollLeft = now.offsetLeft + now.offsetWidth - scroller.clientWidth;
    }
  } else if (now) scroller.scrollLeft = 0;
  showActive();
}

const page = () => Math.max(1, Math.floor((scroller.clientHeight - table.tHead.offsetHeight) / ROW) - 1);
const MOVES = {
  ArrowDown: () => [active.at + 1, active.column],
  ArrowUp: () => [active.at - 1, active.column],
  ArrowLeft: () => [active.at, active.column - 1],
  ArrowRight: () => [active.at, active.column + 1],
  PageDown: () => [active.at + page(), active.column],
  PageUp: () => [Math.max(0, active.at - page()), active.column],
  Home: (isFar) => [isFar ? 0 : active.at, FIRST],
  End: (isFar) => [isFar ? view.rows.length - 1 : active.at, book.items.length - 1],
};

// ``chosen(at, column)`` is called for what was clicked, or entered.
function listen(chosen) {
  let isDue = false;
  scroller.addEventListener("scroll", () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => { isDue = false; drawInView(); });
  }, { passive: true });
  new ResizeObserver(() => drawInView()).observe(scroller);
  table.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (move && !event.altKey && !event.metaKey) moveTo(...move(event.ctrlKey)), event.preventDefault();
    else if (event.key === "Enter" || event.key === " ") chosen(active.at, active.column), event.preventDefault();
  });
  table.addEventListener("click", (event) => {
    const clicked = event.target.closest("[data-column]");
    if (!clicked || event.target.closest("a")) return;
    const at = clicked.parentElement.dataset.at;
    moveTo(at === undefined ? -1 : Number(at), Number(clicked.dataset.column));
    chosen(active.at, active.column);
  });
  let under = null;
  table.addEventListener("mouseover", (event) => {
    const column = event.target.closest("[data-column]")?.dataset.column;
    under?.classList.remove("under");
    under = column >= 0 ? document.getElementById(`head${column}`) : null;
    under?.classList.add("under");
  });
  addEventListener("beforeprint", () => {
    isPrinting = true;
    drawInView();
    const cut = document.getElementById("cut");
    cut.hidden = view.rows.length <= MOST_PRINTED;
    cut.textContent = `${words.printed}: ${number.format(MOST_PRINTED)} ${words.of} ${number.format(view.rows.length)}. ${words.rest}`;
  });
  addEventListener("afterprint", () => { isPrinting = false; document.getElementById("cut").hidden = true; drawInView(); });
}

function drawHeadState() {
  for (let column = FIRST; column < book.items.length; column += 1) {
    const made = document.getElementById(`head${column}`);
    made.setAttribute("aria-sort", asked.by !== byOf(column) ? "none" : asked.down ? "descending" : "ascending");
    made.classList.toggle("chosen", asked.item === column && column >= 0);
    if (column < 0) continue;
    const tried = triedIn(view.counts[column]);
    made.querySelector(".share").textContent = tried ? Math.round((100 * view.counts[column][PASSED]) / tried) : "–";
  }
}
