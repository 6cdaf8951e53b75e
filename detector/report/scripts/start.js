// Brings a page to life: first what needs no plot library, which takes far longest to arrive.
function start() {
  for (const table of document.querySelectorAll("table.sortable")) sortable(table);
  cohort();
  root.classList.add("alive");
  const filter = filters();
  review(filter);
  if (typeof Plotly === "undefined") {
    document.getElementById("plotly")?.addEventListener("load", timeLines);
  } else timeLines();
}

// Without the plot library the still pictures stay.
function timeLines() {
  root.classList.add("live");
  const lines = new Map();
  const drawn = async (figure) => {
    if (!lines.has(figure)) {
      lines.set(figure, new TimeLine(figure));
      await lines.get(figure).draw();
      figure.dataset.drawn = "true";
    }
    return lines.get(figure);
  };
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) drawn(entry.target);
  }, { rootMargin: "600px" });
  const [first, ...others] = document.querySelectorAll("figure.timeline");
  if (first) drawn(first);
  for (const figure of others) near.observe(figure);
  for (const button of document.querySelectorAll("button[data-event]")) {
    const figure = button.closest("section").querySelector("figure.timeline");
    button.addEventListener("click", async () => {
      (await drawn(figure)).find(Number(button.dataset.event));
    });
  }
  dark.addEventListener("change", () => { for (const line of lines.values()) line.draw(); });
}

start();
