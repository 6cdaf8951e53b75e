// Lists whose rows are data of the page: found, sorted, and drawn a page at a time.
const ROWS_A_PAGE = 100;
const MOST_PRINTED = 1000;
const collator = new Intl.Collator("en", { numeric: true });
const isUnknown = (value) => value === null || value === undefined || value === "";

function made(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.map((child) => (isUnknown(child) ? "" : child)));
  return element;
}

function drawn(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

class Listing {
  // columns: by name, each with key(row) to sort by and what(row), the content of its cell.
  constructor(section, rows, { columns, words, state, one, many }) {
    this.section = section;
    this.heads = [...section.querySelectorAll("th[data-column]")];
    this.body = section.querySelector("tbody");
    this.columns = columns;
    this.state = state;
    this.names = [one, many];
    this.sorted = Array.from({ length: rows }, (_, row) => row);
    this.words = this.sorted.map(words).map((text) => text.toLowerCase());
    this.find = section.querySelector("[name=find]");
    this.select = section.querySelector("[name=state]");
    this.page = 0;
    for (const head of this.heads) {
      head.querySelector("button").addEventListener("click", () => this.sort(head));
    }
    this.find.addEventListener("input", () => this.choose());
    this.select?.addEventListener("change", () => this.choose());
    for (const button of section.querySelectorAll("[data-turn]")) {
      button.addEventListener("click", () => {
        this.page += Number(button.dataset.turn);
        this.draw();
      });
    }
    addEventListener("beforeprint", () => this.draw(MOST_PRINTED));
    addEventListener("afterprint", () => this.draw());
    this.choose();
  }

  sort(head) {
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of this.heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const { key } = this.columns[head.dataset.column];
    const keys = new Map(this.sorted.map((row) => [row, key(row)]));
    this.sorted.sort((a, b) => ordered(keys.get(a), keys.get(b), down));
    this.choose();
  }

  look(text) {
    this.find.value = text;
    if (this.select) this.select.value = "";
    this.choose();
    this.section.scrollIntoView();
    this.find.focus({ preventScroll: true });
  }

  choose() {
    const wanted = this.find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const state = this.select?.value;
    this.chosen = this.sorted.filter((row) => (!state || this.state(row) === state)
      && wanted.every((word) => this.words[row].includes(word)));
    this.page = 0;
    this.draw();
  }

  draw(most = ROWS_A_PAGE) {
    const first = most === ROWS_A_PAGE ? this.page * most : 0;
    const rows = this.chosen.slice(first, first + most);
    this.body.replaceChildren(...rows.map((row) => this.line(row)));
    const n = this.chosen.length;
    const of = n === this.sorted.length ? "" : ` of ${this.sorted.length.toLocaleString("en")}`;
    const name = this.names[Number((of ? this.sorted.length : n) !== 1)];
    const part = rows.length < n ? `, ${first + 1} to ${first + rows.length} shown` : "";
    this.section.querySelector(".shown").textContent = `${n.toLocaleString("en")}${of} ${name}${part}`;
    const [back, on] = this.section.querySelectorAll("[data-turn]");
    back.disabled = first === 0;
    on.disabled = first + rows.length >= n;
    back.parentElement.hidden = back.disabled && on.disabled;
  }

  line(row) {
    return made("tr", {}, ...this.heads.map((head, place) => {
      const { what, css = "" } = this.columns[head.dataset.column];
      const kind = place ? {} : { scope: "row" };
      const content = what(row);
      return made(place ? "td" : "th", { ...kind, class: `${head.className} ${css}`.trim() },
        ...(Array.isArray(content) ? content : [content]));
    }));
  }
}

// Unknown values stay last whichever way a column is sorted.
function ordered(a, b, down) {
  if (isUnknown(a) || isUnknown(b)) return Number(isUnknown(a)) - Number(isUnknown(b));
  const order = typeof a === "number" ? a - b : collator.compare(a, b);
  return down ? -order : order;
}
