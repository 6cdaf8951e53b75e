// The page of a run: lists of recordings, participants and nights, and the map of the nights.
const MAP_LINES = 120;
const STRIP = { wide: 112, tall: 18 };
const ZOOM = { wide: 64, edge: 8 };

const clockText = (minute) => {
  const at = ((Math.round(minute) % 1440) + 1440) % 1440;
  return `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
};
const pageOf = (id) => `recordings/${encodeURIComponent(id)}/report.html`;
const column = (values) => ({ key: (row) => values[row], what: (row) => values[row] });
const rounded = (values, digits) => ({
  key: (row) => values[row],
  what: (row) => (isUnknown(values[row]) ? "" : values[row].toFixed(digits)),
});

// Of a noon-to-noon clock time as text, so that the evening sorts before midnight.
const sinceNoon = (text) => text
  && (Number(text.slice(0, 2)) * 60 + Number(text.slice(3)) + 720) % 1440;

function cohort() {
  const source = document.getElementById("rows");
  if (!source) return;
  const data = JSON.parse(source.textContent);
  const section = (id) => document.getElementById(id);
  root.classList.add("listed");
  new Listing(section("recordings"), data.recordings.status.length, recordingList(data));
  if (section("participants")) {
    new Listing(section("participants"), data.participants.site.length, participantList(data));
  }
  if (!data.nights.status.length) return;
  const nights = new Listing(section("nights"), data.nights.status.length, nightList(data));
  for (const button of document.querySelectorAll("[data-find]")) {
    button.addEventListener("click", () => nights.look(button.dataset.find));
  }
  if (document.querySelector(".map")) nightMap(section("quality"), data);
}

const stateCell = (states, status) => made("span", { class: `status ${status}` }, states[status]);

function recordingList({ recordings: r, recordingStates }) {
  const order = Object.keys(recordingStates);
  const isDone = (row) => r.status[row].startsWith("ok");
  const name = (row) => r.recording_id[row] || r.path[row];
  return {
    one: "recording",
    many: "recordings",
    state: (row) => r.status[row],
    words: (row) => [name(row), r.path[row], r.participant_id[row], recordingStates[r.status[row]],
      r.message[row], r.sensor[row]].join(" "),
    columns: {
      recording: {
        key: name,
        what: (row) => [
          isDone(row) ? made("a", { href: pageOf(r.recording_id[row]) }, name(row)) : name(row),
          ...(r.path[row] && r.path[row] !== name(row)
            ? [made("br"), made("small", {}, r.path[row])] : []),
        ],
      },
      status: {
        key: (row) => order.indexOf(r.status[row]),
        what: (row) => stateCell(recordingStates, r.status[row]),
      },
      message: { ...column(r.message), css: "text" },
      sensor: column(r.sensor),
      hours: column(r.duration_h),
      nights: column(r.nights),
      counted: column(r.counted),
    },
  };
}

function participantList({ participants: p }) {
  const ids = p.recording_ids.map((joined) => (joined ? joined.split(";") : []));
  const most = 2 * Math.max(1, ...p.sleep_starts_per_h);
  const spread = (mean, sd) => (row) => [mean[row],
    ...(isUnknown(sd[row]) ? [] : [made("br"), made("small", {}, `± ${Math.round(sd[row])} min`)])];
  const links = (row) => {
    const shown = ids[row].map((id) => made("a", { href: pageOf(id) }, id));
    const failed = p.recordings_failed[row] ? [`${p.recordings_failed[row]} failed`] : [];
    return [...shown, ...failed].flatMap((each, i) => (i ? [", ", each] : [each]));
  };
  return {
    one: "row",
    many: "rows",
    words: (row) => [p.participant_id[row], p.site[row], ...ids[row]].join(" "),
    columns: {
      participant: column(p.participant_id),
      site: column(p.site),
      recordings: { key: (row) => p.recordings[row], what: links, css: "text" },
      usable: {
        key: (row) => p.nights_usable[row],
        what: (row) => `${p.nights_usable[row]} of ${p.nights[row]}`,
      },
      starts: column(p.sleep_starts_onset),
      hours: rounded(p.onset_window_usable_h, 1),
      night: rounded(p.sleep_starts_per_night, 2),
      rate: { ...rounded(p.sleep_starts_per_h, 2), css: "big" },
      interval: {
        key: (row) => p.ci95_high_per_h[row],
        what: (row) => (isUnknown(p.ci95_low_per_h[row]) ? [] : [
          interval(p.ci95_low_per_h[row], p.sleep_starts_per_h[row], p.ci95_high_per_h[row], most),
          made("small", {}, `${p.ci95_low_per_h[row].toFixed(2)} to `
            + `${p.ci95_high_per_h[row].toFixed(2)}${p.interval[row] === "poisson" ? "" : " *"}`),
        ]),
        css: "picture",
      },
      first: column(p.first_night_sleep_starts),
      later: rounded(p.later_nights_per_h, 2),
      weekday: rounded(p.weekday_per_h, 2),
      weekend: rounded(p.weekend_per_h, 2),
      onset: {
        key: (row) => sinceNoon(p.mean_onset_clock[row]),
        what: spread(p.mean_onset_clock, p.sd_onset_min),
        css: "day",
      },
      wake: {
        key: (row) => sinceNoon(p.mean_wake_clock[row]),
        what: spread(p.mean_wake_clock, p.sd_wake_min),
        css: "day",
      },
    },
  };
}

// What goes beyond the edge is cut: intervals of few nights may be very wide.
function interval(low, middle, high, most) {
  const x = (value) => (100 * Math.min(value / most, 1)).toFixed(1);
  return drawn("svg", { class: "chart whisker", viewBox: "-4 0 108 10", "aria-hidden": "true" },
    drawn("path", { class: "grid", d: "M0 .5V9.5" }),
    drawn("path", { class: "interval", d: `M${x(low)} 5H${x(high)}` }),
    drawn("circle", { class: "counted", cx: x(middle), cy: 5, r: 3.2 }));
}

function nightList({ nights: n, recordings: r, reasons, states }) {
  const order = Object.keys(states);
  const id = (row) => r.recording_id[n.recording[row]];
  const person = (row) => r.participant_id[n.recording[row]];
  const why = n.reasons.map((codes) => codes.split(" ").filter(Boolean)
    .map((code) => reasons[code]).join(" "));
  const axis = clockAxis(n);
  return {
    one: "night",
    many: "nights",
    state: (row) => n.status[row],
    words: (row) => [id(row), person(row), n.session[row], n.night_date[row],
      n.status[row], states[n.status[row]], n.reasons[row], why[row]].join(" "),
    columns: {
      recording: { key: id, what: (row) => made("a", { href: nightPage(n, r, row) }, id(row)) },
      participant: {
        key: person,
        what: (row) => [person(row), n.session[row]].filter(Boolean).join(", "),
      },
      date: { ...column(n.night_date), css: "day" },
      status: {
        key: (row) => order.indexOf(n.status[row]),
        what: (row) => stateCell(states, n.status[row]),
      },
      count: { ...column(n.sleep_starts_onset), css: "big" },
      minutes: column(n.onset_window_usable_min),
      others: {
        key: (row) => n.sleep_starts_onset_late15[row],
        what: (row) => bars(n, row),
        css: "picture",
      },
      onset: {
        key: (row) => n.onset_min[row],
        what: (row) => (isUnknown(n.onset_min[row]) ? "" : clockText(n.onset_min[row])),
      },
      uncertainty: column(n.onset_uncertainty_min),
      strip: { key: (row) => n.onset_min[row], what: (row) => strip(n, row, axis), css: "picture" },
      zoom: { key: (row) => n.first_min[row] - n.onset_min[row] || null, what: (row) => zoom(n, row),
        css: "picture" },
      whole: column(n.sleep_starts_night),
      usable: rounded(n.usable_h, 1),
      why: { key: (row) => why[row], what: (row) => why[row], css: "text" },
    },
  };
}

const nightPage = (n, r, row) => (
  `${pageOf(r.recording_id[n.recording[row]])}#night-${n.night_index[row]}`);

// One axis for all nights, in whole hours, so that the strips can be held against each other.
function clockAxis(n) {
  const known = (values) => values.filter((value) => !isUnknown(value));
  const earliest = known(n.onset_min).reduce((a, b) => Math.min(a, b), Infinity);
  const latest = known(n.wake_min).reduce((a, b) => Math.max(a, b), -Infinity);
  const low = Math.floor((Math.min(earliest, 1320) - 30) / 60) * 60;
  const high = Math.ceil(Math.max(latest, 1860) / 60) * 60;
  return { low, x: (minute) => ((minute - low) / (high - low)) * STRIP.wide, high };
}

function picture(css, wide, told, parts) {
  return drawn("svg", { class: `drawing ${css}`, viewBox: `0 0 ${wide} ${STRIP.tall}`, role: "img",
    "aria-label": told.join(", ") }, drawn("title", {}, told.join(", ")), ...parts);
}

const upright = (css, x, top, bottom) => drawn("path",
  { class: css, d: `M${x.toFixed(1)} ${top}V${bottom}` });

// Sleep by the clock; the mark below is midnight.
function strip(n, row, { low, high, x }) {
  const ends = [["onset", n.onset_min[row]], ["wake", n.wake_min[row]]]
    .filter(([, at]) => !isUnknown(at));
  if (!ends.length) return "";
  const told = [`${clockText(low)} to ${clockText(high)}`,
    ...ends.map(([name, at]) => `${name} ${clockText(at)}`)];
  const parts = [drawn("path", { class: "rule", d: `M0 14.5H${STRIP.wide}` }),
    upright("rule", x(1440), 12, 17)];
  if (ends.length === 2) {
    const [from, to] = ends.map(([, at]) => x(at));
    parts.push(drawn("rect", { class: "sleep", x: from.toFixed(1), y: 3,
      width: Math.max(to - from, 1).toFixed(1), height: 11.5 }));
  }
  parts.push(...ends.map(([, at]) => upright("onset", x(at), 3, 14.5)));
  return picture("asleep", STRIP.wide, told, parts);
}

// The onset window alone, with sleep onset and what the table of nights has of the counted events.
function zoom(n, row) {
  const [from, to, onset] = [n.window_min[row], n.window_end_min[row], n.onset_min[row]];
  if (isUnknown(from) || isUnknown(to)) return "";
  const x = (at) => ZOOM.edge + ((at - from) / (to - from)) * (ZOOM.wide - 2 * ZOOM.edge);
  const counted = new Set([n.first_min[row], n.last_min[row]].filter((at) => !isUnknown(at)));
  const told = [`window ${clockText(from)} to ${clockText(to)}`, `onset ${clockText(onset)}`,
    ...[...counted].map((at, place) => `${place ? "last" : "first"} ${clockText(at)}`)];
  return picture("zoom", ZOOM.wide, told, [
    drawn("path", { class: "rule", d: `M0 14.5H${ZOOM.wide}` }),
    drawn("rect", { class: "window", x: x(from), y: 2, width: x(to) - x(from), height: 12.5 }),
    upright("onset", x(onset), 2, 17),
    ...[...counted].map((at) => upright("tick", x(at), 4, 14)),
  ]);
}

function bars(n, row) {
  if (isUnknown(n.sleep_starts_onset[row])) return "";
  const counts = [["earlier", n.sleep_starts_onset_early15], ["now", n.sleep_starts_onset],
    ["later", n.sleep_starts_onset_late15], ["stricter", n.sleep_starts_onset_strict20],
    ["laxer", n.sleep_starts_onset_lax20]].map(([name, values]) => [name, values[row]]);
  const most = Math.max(8, ...counts.map(([, count]) => count));
  const told = counts.map(([name, count]) => `${name} ${count ?? "unknown"}`).join(", ");
  const shown = counts.flatMap(([name, count], place) => {
    if (isUnknown(count)) return [];
    const height = Math.max((18 * count) / most, 0.8).toFixed(1);
    const x = place * 9 + (place > 2 ? 6 : 0);
    return [drawn("rect", { class: name, x, y: (20 - height).toFixed(1), width: 7, height })];
  });
  return drawn("svg", { class: "few", viewBox: "0 0 52 20", role: "img", "aria-label": told },
    drawn("title", {}, told), ...shown);
}

function nightMap(section, { nights: n, recordings: r, reasons, states }) {
  const lines = new Map();
  for (let row = 0; row < n.status.length; row++) {
    const at = n.recording[row];
    if (!lines.has(at)) lines.set(at, []);
    lines.get(at).push(row);
  }
  const bad = (rows) => rows.filter((row) => n.status[row] === "not_analysable").length / rows.length;
  const worst = [...lines].map(([at, rows]) => [at, rows, bad(rows)]).sort((a, b) => b[2] - a[2]);
  const [map, more] = [section.querySelector(".map"), section.querySelector("[data-more]")];
  const box = (row) => {
    const codes = n.reasons[row].split(" ").filter(Boolean);
    const told = [n.night_date[row], states[n.status[row]], ...codes.map((code) => reasons[code])];
    return made("a", { class: `box ${n.status[row]}`, href: nightPage(n, r, row), tabindex: -1,
      title: told.join("\n") }, n.sleep_starts_onset[row] ?? "–");
  };
  let shown = 0;
  const show = (many) => {
    for (const [at, rows] of worst.slice(shown, shown + many)) {
      const id = r.recording_id[at];
      map.append(made("p", {}, made("a", { href: pageOf(id), title: id }, id),
        made("span", {}, ...rows.map(box))));
    }
    shown += many;
    more.hidden = shown >= worst.length;
    more.textContent = `Show more (${(worst.length - shown).toLocaleString("en")})`;
  };
  more.addEventListener("click", () => show(5 * MAP_LINES));
  show(MAP_LINES);
}
