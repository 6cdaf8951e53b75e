// Judgements of candidates: kept in this browser, taken away as labels.csv.
const KEYS = { k: "keep", r: "reject", u: "unsure" };

function review(filter) {
  const bar = document.querySelector(".event-tools");
  if (!filter || !bar) return;
  const about = JSON.parse(bar.querySelector("script").textContent);
  const store = `hypnic:${about.recording_id}:${about.config_hash}`;
  const state = load(store);
  const said = bar.querySelector(".said-of-review");
  const reviewer = bar.querySelector("input[name=reviewer]");
  reviewer.value = state.reviewer;

  function save() {
    try {
      localStorage.setItem(store, JSON.stringify(state));
    } catch {
      said.dataset.lost = "true";
    }
    tell();
  }

  function tell() {
    const judged = filter.cards.filter((card) => state.labels[card.dataset.index]).length;
    const lost = said.dataset.lost ? " This browser keeps nothing: export before you leave." : "";
    said.textContent = `${judged} of ${filter.cards.length} judged.${lost}`;
    bar.querySelector("[data-export]").disabled = judged === 0;
  }

  function show(card) {
    const label = state.labels[card.dataset.index]?.label || "";
    card.dataset.label = label;
    for (const button of card.querySelectorAll("[data-judge]")) {
      button.setAttribute("aria-pressed", String(button.dataset.judge === label));
    }
  }

  // The same judgement a second time takes it back.
  function judge(card, label) {
    const { index } = card.dataset;
    if (state.labels[index]?.label === label) delete state.labels[index];
    else state.labels[index] = { label, at: new Date().toISOString() };
    show(card);
    save();
  }

  function go(card, way) {
    const shown = filter.shown();
    const next = shown[shown.indexOf(card) + way];
    if (next) visit(next);
  }

  function visit(card) {
    const folded = card.closest("details");
    if (folded) folded.open = true;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "center" });
  }

  for (const card of filter.cards) {
    show(card);
    card.addEventListener("keydown", (press) => {
      if (press.ctrlKey || press.metaKey || press.altKey) return;
      const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[press.key];
      const label = KEYS[press.key.toLowerCase()];
      if (!way && !label) return;
      press.preventDefault();
      if (way) go(card, way); else judge(card, label);
    });
    for (const button of card.querySelectorAll("[data-judge]")) {
      button.addEventListener("click", () => judge(card, button.dataset.judge));
    }
  }
  bar.querySelector("[data-begin]").addEventListener("click", () => {
    const shown = filter.shown();
    const first = shown.find((card) => !state.labels[card.dataset.index]) || shown[0];
    if (first) visit(first);
  });
  reviewer.addEventListener("input", () => { state.reviewer = reviewer.value.trim(); save(); });
  bar.querySelector("[data-export]").addEventListener("click", () => {
    if (!state.reviewer) {
      said.textContent = "Say who reviewed before you export.";
      reviewer.focus();
      return;
    }
    download("labels.csv", labels(filter.cards, state, about));
  });
  tell();
}

function load(store) {
  const empty = { reviewer: "", labels: {} };
  try {
    return { ...empty, ...JSON.parse(localStorage.getItem(store) || "{}") };
  } catch {
    return empty;
  }
}

const COLUMNS = ["recording_id", "night_date", "event_index", "start_time", "start_utc", "peak_utc",
  "kind", "label", "reviewer", "reviewed_utc", "algorithm_version", "config_hash"];

// One line per judged candidate, in the order of time.
function labels(cards, state, about) {
  const rows = cards
    .filter((card) => state.labels[card.dataset.index])
    .sort((a, b) => Number(a.dataset.index) - Number(b.dataset.index))
    .map((card) => labelled(card, state, about));
  return [COLUMNS, ...rows].map((row) => `${row.map(quoted).join(",")}\n`).join("");
}

function labelled(card, state, about) {
  const { index, kind, startUtc, peakUtc } = card.dataset;
  const { label, at } = state.labels[index];
  return [
    guarded(about.recording_id), card.closest("section.night").dataset.night, index,
    card.querySelector("time").dateTime, startUtc, peakUtc, kind, label,
    guarded(state.reviewer), at, about.algorithm_version, about.config_hash,
  ];
}

// As in the tables: no spreadsheet may take a text for a formula.
const guarded = (text) => (/^'*[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text);

const quoted = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), MINUTE);
}
