// The time line of a night: an overview of extremes, and every sample close to an event.

// Smallest and largest value of each of about a thousand stretches of what is visible.
function visible(values, start, step, [from, to]) {
  const low = Math.max(0, Math.floor((from - start) / step) - 1);
  const high = Math.min(values.length, Math.ceil((to - start) / step) + 2);
  const size = Math.max(1, Math.floor((high - low) / 1000));
  const x = [];
  const y = [];
  const keep = (i) => { x.push(start + i * step); y.push(values[i]); };
  for (let i = low; i < high; i += size) {
    let least = -1;
    let most = -1;
    for (let j = i; j < Math.min(i + size, high); j++) {
      if (Number.isNaN(values[j])) continue;
      if (least < 0 || values[j] < values[least]) least = j;
      if (most < 0 || values[j] > values[most]) most = j;
    }
    if (least < 0) keep(i);
    else if (least === most) keep(least);
    else { keep(Math.min(least, most)); keep(Math.max(least, most)); }
  }
  return { x, y: y.map((v) => (Number.isNaN(v) ? null : v)) };
}

class TimeLine {
  constructor(figure) {
    this.plot = figure.querySelector(".plot");
    this.data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
    const d = this.data;
    d.events.counted = d.events.at.map((_, i) => d.events.counted.includes(i));
    this.curves = [
      [levels(d.movement), d.epoch_ms], [levels(d.floor), 12 * d.epoch_ms],
      [angles(d.angle), d.epoch_ms],
    ];
    this.raw = d.raw.map((r) => [coarseLevels(r.jerk), r.start, r.step_ms]);
    this.kinds = [...new Set(d.events.kind)].sort((a, b) => b - a);
    this.hidden = new Set();
    this.drag = touch.matches ? false : "zoom";
    this.range = d.views.sleep || d.views.whole;
    for (const button of figure.querySelectorAll("[data-view]")) {
      button.addEventListener("click", () => this.show(d.views[button.dataset.view]));
    }
    for (const button of figure.querySelectorAll("[data-move]")) {
      button.addEventListener("click", () => this.move(button.dataset.move));
    }
    figure.querySelector(".tools").addEventListener("keydown", (press) => {
      const way = { ArrowLeft: "earlier", ArrowRight: "later", "+": "closer", "-": "wider" }[press.key];
      if (!way) return;
      press.preventDefault();
      this.move(way);
    });
    for (const button of figure.querySelectorAll("[data-kind]")) {
      button.addEventListener("click", () => this.toggle(button));
    }
  }

  // Always as a whole: a part restyled would make plotly guess the type of the time axis again.
  draw() {
    const drawn = Plotly.react(this.plot, this.traces(), this.layout(), {
      displaylogo: false, responsive: true, doubleClick: false,
      modeBarButtons: [["toImage", "zoom2d", "pan2d"]],
    });
    if (!this.listening) {
      this.listening = true;
      this.plot.on("plotly_relayout", (change) => this.changed(change));
      this.plot.on("plotly_doubleclick", () => this.show(this.data.views.whole));
      this.plot.on("plotly_click", (click) => this.picture(click.points[0]));
    }
    return drawn;
  }

  traces() {
    const d = this.data;
    const [movement, floor, angle] = this.curves.map(
      ([values, step]) => visible(values, d.start, step, this.range));
    const line = (curve, name, width, dash, more) => ({
      ...curve, type: "scatter", mode: "lines", hoverinfo: "skip",
      line: { color: colour(name), width: grown(width), ...dash }, ...more,
    });
    return [
      line(movement, "movement", 1),
      line(floor, "floor", 1.2, { dash: "dot" }),
      line(angle, "angle", 1.1, {}, { yaxis: "y2" }),
      ...this.samples(line),
      ...this.bars(),
      ...this.estimates(),
      ...this.kinds.map((kind) => this.events(kind)),
    ];
  }

  // Every sample, where the page has them, once the reader is close enough to tell them apart.
  samples(line) {
    const [from, to] = this.range;
    if (to - from > 2 * MINUTE) return [];
    return this.raw
      .filter(([values, start, step]) => start < to && start + step * values.length > from)
      .map(([values, start, step]) => line(
        visible(values, start, step, this.range), "raw", 1.3, {}, { name: "raw" }));
  }

  bars() {
    return this.data.lanes.map(({ role, label, spans }) => ({
      type: "bar", orientation: "h", yaxis: "y3", width: 0.62,
      y: spans.map(() => label), base: spans.map((s) => s[0]), x: spans.map((s) => s[1] - s[0]),
      marker: {
        color: colour(`lane-${role}`), line: { width: 0 },
        pattern: { shape: { none: "/", off: "x", noisy: "." }[role] || "", size: 5,
          fgcolor: colour("muted"), bgcolor: colour("lane-none"), solidity: 0.25 },
      },
      hovertext: spans.map((s) => s[2]), hovertemplate: "%{hovertext}<extra></extra>",
    }));
  }

  estimates() {
    const onset = this.data.onset;
    if (!onset) return [];
    return [{
      type: "scatter", mode: "markers", yaxis: "y3",
      x: onset.estimates.map((e) => e[0]), y: onset.estimates.map(() => "Onset"),
      marker: { symbol: "line-ns-open", size: grown(12), color: colour("sleep"), line: { width: 2 } },
      hovertext: onset.estimates.map((e) => e[1]),
      hovertemplate: "onset estimate: %{hovertext}<extra></extra>",
    }];
  }

  events(kind) {
    const e = this.data.events;
    const rows = e.kind.flatMap((k, i) => (k === kind ? [i] : []));
    const { code, symbol, start } = e.kinds[kind];
    const open = (i) => (start && !e.counted[i] ? "-open" : "");
    const asleep = (i) => e.asleep.includes(e.context[i]);
    const size = (i) => grown(e.counted[i] ? 15 : start ? (asleep(i) ? 11 : 7) : 6);
    return {
      type: "scatter", mode: "markers", cliponaxis: false,
      visible: !this.hidden.has(kind),
      x: rows.map((i) => this.data.start + e.at[i]), y: rows.map((i) => Number(e.peak[i])),
      customdata: rows.map((i) => e.index[i]),
      marker: {
        symbol: rows.map((i) => symbol + open(i)),
        size: rows.map(size),
        color: colour(`kind-${code}`),
        opacity: rows.map((i) => (asleep(i) ? (start ? 1 : 0.75) : 0.4)),
        line: { width: rows.map((i) => (e.counted[i] ? 1.5 : start ? 1.8 : 0)),
          color: rows.map((i) => (e.counted[i] ? colour("card") : colour(`kind-${code}`))) },
      },
      hovertext: rows.map((i) => this.evidence(i)),
      hovertemplate: "%{hovertext}<extra></extra>",
    };
  }

  evidence(i) {
    const e = this.data.events;
    const { name, counted } = e.kinds[e.kind[i]];
    return [
      `<b>${e.counted[i] ? counted : name}</b>${e.counted[i] ? ", counted" : ""}`,
      `${e.clock[i]}, ${e.contexts[e.context[i]]}`,
      `${e.size[i]} mg, ${e.peak[i]} g/s, ${e.width[i]} s wide`,
      `confidence ${e.confidences[e.confidence[i]]}`,
      ...wrap(e.reasons[e.reason[i]], 46),
    ].join("<br>");
  }

  layout() {
    const d = this.data;
    const muted = colour("muted");
    const lanes = d.lanes.map((l) => l.label);
    const top = 1 - (0.045 + 0.052 * lanes.length);
    const axis = { gridcolor: colour("rule"), zeroline: false, linecolor: colour("rule"),
      tickfont: { color: muted }, fixedrange: true };
    const title = (text) => ({ text, standoff: 6, font: { size: grown(12), color: muted } });
    return {
      height: grown(470),
      margin: { l: grown(62), r: grown(14), t: grown(26), b: grown(40) },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: getComputedStyle(document.body).fontFamily, size: grown(12),
        color: colour("ink") },
      showlegend: false, hovermode: "closest", dragmode: this.drag,
      hoverlabel: { bgcolor: colour("card"), bordercolor: colour("rule"), align: "left",
        font: { color: colour("ink"), size: grown(12) } },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: muted, activecolor: colour("link") },
      barmode: "overlay",
      xaxis: { type: "date", range: this.range, anchor: "y2", gridcolor: colour("rule"),
        tickfont: { color: muted }, linecolor: colour("rule"),
        tickformatstops: [
          { dtickrange: [null, 59999], value: "%H:%M:%S" },
          { dtickrange: [60000, null], value: "%H:%M" },
        ] },
      yaxis: { ...axis, type: "log", domain: [0.3, top], dtick: 1, title: title("Movement, g/s"),
        range: [-1, Math.log10(Math.max(12, 1.3 * Math.max(...d.events.peak.map(Number), 1)))] },
      yaxis2: { ...axis, domain: [0, 0.25], range: [-95, 95], tickvals: [-90, 0, 90],
        title: title("Angle, °") },
      yaxis3: { ...axis, domain: [top + 0.02, 1], showgrid: false, type: "category",
        categoryorder: "array", categoryarray: lanes, ticks: "",
        range: [-0.5, lanes.length - 0.5] },
      shapes: this.shapes(top), annotations: this.notes(),
    };
  }

  shapes(top) {
    const d = this.data;
    const box = ([x0, x1], fill, line) => ({ type: "rect", xref: "x", yref: "paper", x0, x1,
      y0: 0, y1: top, fillcolor: colour(fill), line: line || { width: 0 }, layer: "below" });
    const rule = (x, name, dash, y1) => ({ type: "line", xref: "x", yref: "paper", x0: x, x1: x,
      y0: 0, y1, line: { color: colour(name), width: 1.5, dash } });
    const shapes = d.lanes.filter((l) => ["none", "off", "noisy"].includes(l.role))
      .flatMap((l) => l.spans.map((s) => box(s, "lost")));
    if (d.window) {
      shapes.push(box(d.window, "window-fill",
        { color: colour("window"), width: 1, dash: "dash" }));
    }
    if (d.onset) shapes.push(rule(d.onset.used, "sleep", "solid", 1));
    if (d.change) shapes.push(rule(d.change.at, "muted", "dot", 1));
    return shapes;
  }

  notes() {
    const note = (x, text, name) => ({ x, xref: "x", y: 1, yref: "paper", yanchor: "bottom",
      text, showarrow: false, font: { size: grown(12), color: colour(name) } });
    const d = this.data;
    return [
      ...(d.onset ? [note(d.onset.used, `onset ${d.onset.clock}`, "sleep")] : []),
      ...(d.change ? [note(d.change.at, "clocks change", "muted")] : []),
    ];
  }

  show(range) {
    this.range = range;
    this.draw();
  }

  move(way) {
    const [from, to] = this.range;
    const span = to - from;
    const [shift, factor] = { earlier: [-0.5, 1], later: [0.5, 1], closer: [0, 0.5],
      wider: [0, 2] }[way];
    const middle = (from + to) / 2 + shift * span;
    const half = (Math.min(Math.max(factor * span, SECOND), 26 * 60 * MINUTE)) / 2;
    this.show([middle - half, middle + half]);
  }

  changed(change) {
    this.drag = change.dragmode || this.drag;
    const range = change["xaxis.range"] || [change["xaxis.range[0]"], change["xaxis.range[1]"]];
    if (range[0] !== undefined) this.show(range.map(instant));
  }

  toggle(button) {
    const kind = Number(button.dataset.kind);
    const hide = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", String(!hide));
    if (hide) this.hidden.add(kind); else this.hidden.delete(kind);
    this.draw();
  }

  find(index) {
    const e = this.data.events;
    const at = this.data.start + e.at[e.index.indexOf(index)];
    this.show([at - 2 * MINUTE, at + 2 * MINUTE]);
    this.plot.scrollIntoView({ block: "center" });
  }

  picture(point) {
    const card = document.getElementById(`event-${point.customdata}`);
    if (!card) return;
    const folded = card.closest("details");
    if (folded) folded.open = true;
    card.scrollIntoView({ block: "center" });
    card.focus({ preventScroll: true });
  }
}

// Plotly gives ranges back as numbers or as zoneless text, which is UTC to it and so to us.
function instant(value) {
  return typeof value === "number" ? value : Date.parse(`${value.replace(" ", "T")}${
    value.length > 10 ? "" : "T00:00"}Z`);
}

function wrap(text, length) {
  const lines = [];
  for (const word of text.split(" ").filter(Boolean)) {
    const last = lines.length - 1;
    if (last >= 0 && lines[last].length + word.length < length) lines[last] += ` ${word}`;
    else lines.push(word);
  }
  return lines;
}
