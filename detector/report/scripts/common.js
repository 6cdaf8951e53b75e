// Colours, sizes and codes that the drawings share.
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const touch = matchMedia("(pointer: coarse)");
const colour = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();

// Figures grow with the text of the page, which is larger on very wide screens.
const grown = (size) => size * Math.max(1, parseFloat(getComputedStyle(root).fontSize) / 16);

function decode(text, Codes) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Codes(bytes.buffer);
}

// The codes of timeline.py: 0 is unknown, else six decades from 0.001 g/s; angles in 0.75°.
const level = (most) => (c) => (c ? 10 ** (-3 + (6 * (c - 1)) / most) : NaN);
const levels = (text) => Float64Array.from(decode(text, Uint16Array), level(65534));
const coarseLevels = (text) => Float64Array.from(decode(text, Uint8Array), level(254));
const angles = (text) => Float64Array.from(decode(text, Int8Array),
  (c) => (c === -128 ? NaN : 0.75 * c));
