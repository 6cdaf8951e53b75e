// Tables that sort by a click on a heading.
function sortable(table) {
  const body = table.tBodies[0];
  for (const head of table.querySelectorAll("th button")) {
    head.addEventListener("click", () => {
      const cell = head.parentElement;
      const down = cell.getAttribute("aria-sort") === "ascending";
      for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = ({ cells }) => {
        const { dataset, textContent } = cells[cell.cellIndex];
        return dataset.key ?? textContent.trim();
      };
      const rows = [...body.rows].sort((a, b) => compare(key(a), key(b), down));
      body.append(...rows);
    });
  }
}

// Unknown values stay last whichever way a column is sorted.
function compare(a, b, down) {
  if (!a || !b) return Number(!a) - Number(!b);
  const difference = Number(a) - Number(b);
  const order = Number.isNaN(difference) ? (a < b ? -1 : Number(a > b)) : difference;
  return down ? -order : order;
}
