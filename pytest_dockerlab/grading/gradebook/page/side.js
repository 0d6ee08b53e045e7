// What stands beside the matrix: how hard each item is, what was not verified and why, and what was chosen, closely.

const detail = document.getElementById("detail");
const overview = document.getElementById("overview");
const text = (at) => (at === undefined ? "" : book.texts[at]);

const capital = (said) => said.charAt(0).toLocaleUpperCase(book.language) + said.slice(1);
const link = (href, said) => element("a", { href, target: "_blank", rel: "noopener" }, said);

function symbol(code) {
  return element("span", { class: `mark ${kindOf.get(code).name}`, role: "img", "aria-label": wordOf(code) }, symbolOf(code));
}

// ``show(change)`` asks for other rows.
function drawItems(show, openItem) {
  const items = book.items.map((item, column) => {
    const tried = triedIn(view.counts[column]);
    return { item, column, tried, share: tried ? view.counts[column][PASSED] / tried : 2 };
  });
  items.sort((one, other) => one.share - other.share || one.column - other.column);
  const list = element("ol", {}, ...items.map((each) => element("li", {},
    element("button", { type: "button", class: `named ${each.item.level}`, title: each.item.title, onclick: () => openItem(each.column) }, nameOfItem(each.item)),
    element("span", { class: "share", title: words.passed_share }, each.tried ? `${Math.round(100 * each.share)} %` : "–"),
    stack(each.column, show))));
  replace(document.getElementById("items"), list);
}

const nameOfItem = (item) => (homeworks.length > 1 ? item.id : item.name);

function stack(column, show) {
  const [item, found] = [book.items[column], view.counts[column]];
  const order = [PASSED, ADVISED, OPTIONAL_FAILED, NOT_ATTEMPTED, FAILED, UNVERIFIED, ERROR];
  const shown = order.filter((code) => found[code]);
  return element("div", { class: "stack" }, ...shown.map((code) => {
    const count = found[code];
    const said = `${item.name}: ${wordOf(code)}: ${count}`;
    const isChosen = asked.item === column && asked.verdict === code;
    const part = element("button", { type: "button", class: kindOf.get(code).name, title: said, "aria-label": said, "aria-pressed": isChosen,
      onclick: () => show(isChosen ? { item: -1, verdict: -1 } : { item: column, verdict: code, cause: -1 }) }, String(count));
    part.style.flexGrow = count;
    return part;
  }));
}

// What is not verified, by its cause: what is our error first, and last what holds no score back.
function drawReasons(show) {
  const reasons = [...view.causes.values()].sort((one, other) => (other.mark.v === ERROR) - (one.mark.v === ERROR) || other.rows - one.rows);
  const [harmful, harmless] = [reasons.filter((each) => !each.isHarmless), reasons.filter((each) => each.isHarmless)];
  const listed = (some) => element("ul", {}, ...some.map((each) => reasonOf(each, show)));
  const folded = (title, some, isOpen) => (some.length ? element("details", { open: isOpen }, element("summary", {}, `${title}: ${some.length}`), listed(some)) : null);
  replace(document.getElementById("reasons"),
    harmful.length ? listed(harmful.slice(0, MOST_REASONS)) : element("p", { class: "nothing" }, words.all_verified),
    folded(words.more_reasons, harmful.slice(MOST_REASONS), false),
    folded(words.harmless, harmless, harmless.some((each) => each.mark.cause === asked.cause)));
}

const MOST_REASONS = 6;

function reasonOf({ mark, rows, items }, show) {
  const isChosen = asked.cause === mark.cause;
  const which = items.size > 3 ? `${words.items_count}: ${items.size}` : [...items].map((column) => nameOfItem(book.items[column])).join(", ");
  return element("li", {},
    symbol(mark.v),
    element("button", { type: "button", class: "count", "aria-pressed": isChosen, title: `${words.submissions}: ${rows}`,
      onclick: () => show(isChosen ? { cause: -1 } : { cause: mark.cause, item: -1, verdict: -1 }) }, String(rows)),
    element("div", {},
      element("span", { class: "why" }, book.causes[mark.cause]),
      element("small", {}, mark.v === ERROR ? `${words.our_error} · ` : "", which),
      mark.remedy === undefined ? null : element("small", { class: "remedy" }, `${words.to_do}: ${text(mark.remedy)}`)));
}

function replace(section, ...content) {
  section.replaceChildren(section.firstElementChild, ...content.filter(Boolean));
}

function open(heading, ...content) {
  const close = element("button", { type: "button", class: "close", "aria-label": words.close, title: words.close, onclick: closeDetail }, "×");
  detail.replaceChildren(close, heading, ...content.filter(Boolean));
  detail.hidden = false;
  overview.hidden = true;
  detail.scrollTop = 0;
}

function closeDetail() {
  detail.hidden = true;
  overview.hidden = false;
}

function facts(...pairs) {
  const shown = pairs.filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return element("dl", {}, ...shown.flatMap(([name, value, kind]) => [element("dt", {}, name), element("dd", { class: kind }, value)]));
}

const pointsOf = (mark) => (mark.m || mark.p ? `${number.format(mark.p)} ${words.of} ${number.format(mark.m)}` : "");
const nameOfRow = (row) => element("p", { class: "whose" }, element("strong", {}, row.name || row.id), row.name ? ` ${row.id}` : "");

function openMark(row, column) {
  const item = book.items[column], mark = markOf(row, column), code = row.codes[column];
  if (mark === null || row.total === null) return openRow(row);
  const decided = mark.who === undefined ? null : element("div", { class: "decided" },
    element("p", {}, element("strong", {}, `${capital(words.by_hand)}: `), `${mark.who}, ${mark.when}`), element("p", {}, text(mark.why)),
    mark.automatic === null ? null : element("p", { class: "automatic" }, `${capital(words.automatic)}: `, symbol(mark.automatic.v), ` ${book.verdicts[mark.automatic.v]}`,
      mark.automatic.why === undefined ? "" : `: ${text(mark.automatic.why)}`));
  open(
    element("h2", {}, symbol(code), ` ${capital(wordOf(code))}`),
    element("p", { class: "item" }, element("code", {}, item.id), ` ${words[item.level]}`),
    element("p", { class: "title" }, item.title),
    nameOfRow(row),
    decided,
    facts(
      [words.why, decided ? "" : text(mark.why), "found"],
      ["", mark.more === undefined ? "" : `${words.more}: ${mark.more}`],
      [words.because, mark.because === undefined ? "" : because(row, mark.because)],
      [words.to_do, text(mark.remedy), "to-do"],
      [words.points, pointsOf(mark)],
      ["", mark.rehearsal ? words.rehearsal : ""],
    ),
    row.page ? element("p", {}, link(`${row.page}#${item.id}`, words.on_page)) : null,
    explanationOf(column),
    otherwise(row, item),
  );
}

function because(row, cause) {
  if (typeof cause !== "number") return cause;
  return element("button", { type: "button", class: "link", onclick: () => openMark(row, cause) }, book.items[cause].id);
}

function otherwise(row, item) {
  const today = new Date().toISOString().slice(0, 10);
  const line = `${row.id},${item.id},passed,,${words.reason},${words.who},${today}`;
  return element("details", {}, element("summary", {}, words.decide), element("p", {}, words.decide_how),
    element("pre", { tabindex: 0 }, `id,item,verdict,points,reason,who,when\n${line}`));
}

function explanationOf(column, isOpen = false) {
  const template = document.getElementById(`explained-${column}`);
  if (!template) return null;
  return element("details", { open: isOpen }, element("summary", {}, words.explanation),
    element("div", { class: "explained" }, template.content.cloneNode(true)));
}

function openRow(row) {
  const all = book.items.map((item, column) => ({ item, column, mark: markOf(row, column), code: row.codes[column] }));
  const listed = (title, codes, isIt = (mark) => mark.because === undefined) => {
    const found = all.filter(({ mark, code }) => mark !== null && codes.includes(code) && isIt(mark));
    if (!found.length) return null;
    return element("section", {}, element("h3", {}, `${title} `, element("small", {}, String(found.length))),
      element("ul", { class: "marks" }, ...found.map(({ item, column, mark, code }) => element("li", {}, symbol(code),
        element("div", {}, element("button", { type: "button", class: "link", onclick: () => openMark(row, column) }, nameOfItem(item)),
          element("small", {}, text(mark.why) || item.title))))));
  };
  open(
    element("h2", {}, row.name || row.id),
    facts(
      ["id", row.name ? row.id : ""],
      ...book.columns.map((name, at) => [name, row.cells[at]]),
      [words.total, row.total === null ? "" : `${number.format(row.total)} · ${words[row.state]}`],
      [words.required_points, row.total === null ? "" : element("span", { title: words.three }, requiredOf(row))],
      [words.bonus_points, row.total !== null && row.bonus ? bonusOf(row) : ""],
      [words.deadline, row.deadline, "deadline"],
      [words.workflow, row.workflow],
      [capital(words[row.state]), row.total === null ? row.why || "–" : ""],
      [words.commit, row.folder ? words.as_it_lay : row.commit ? element("code", {}, row.commit) : ""],
    ),
    row.page ? element("p", {}, link(row.page, words.page)) : null,
    listed(words.to_read, [FAILED]),
    row.state === "error" || row.state === "waiting" ? null : listed(words.not_known, [ERROR, UNVERIFIED]),
    listed(words.advice, [ADVISED, OPTIONAL_FAILED, NOT_ATTEMPTED]),
    listed(capital(words.by_hand), [PASSED], (mark) => mark.who !== undefined),
  );
}

function openItem(column, show) {
  const item = book.items[column];
  const found = new Map();
  for (const row of view.base) {
    const mark = markOf(row, column);
    if (mark === null || mark.cause === undefined || mark.because !== undefined) continue;
    const key = `${row.codes[column]} ${mark.cause}`;
    if (!found.has(key)) found.set(key, { cause: mark.cause, code: row.codes[column], rows: 0 });
    found.get(key).rows += 1;
  }
  const commonest = [...found.values()].sort((one, other) => other.rows - one.rows).filter(({ rows }, at) => rows > 1 || at < 3).slice(0, 10);
  open(
    element("h2", {}, nameOfItem(item)),
    element("p", { class: "item" }, element("code", {}, item.id), ` ${words[item.level]}${item.max ? ` · ${words.points}: ${number.format(item.max)}` : ""}`),
    element("p", { class: "title" }, item.title),
    stack(column, show),
    commonest.length ? element("section", {}, element("h3", {}, words.commonest),
      element("ul", { class: "marks" }, ...commonest.map(({ cause, code, rows }) => element("li", {}, symbol(code),
        element("button", { type: "button", class: "count", "aria-pressed": asked.cause === cause && asked.verdict === code,
          onclick: () => show(asked.cause === cause ? { cause: -1, item: -1, verdict: -1 } : { cause, item: column, verdict: code }) }, String(rows)),
        element("span", { class: "why" }, book.causes[cause]))))) : null,
    explanationOf(column, true),
  );
}

const emailAt = isAddress.indexOf(true);

// Of those shown: whom to write to.
function openAddresses() {
  const found = view.rows.flatMap((row) => row.cells[emailAt].split(";")).map((address) => address.trim()).filter(Boolean);
  const once = [...new Set(found)];
  const list = element("textarea", { readonly: true, rows: 12, "aria-label": words.addresses }, once.join(",\n"));
  open(element("h2", {}, `${words.addresses}: ${number.format(once.length)}`), list);
  list.select();
}
