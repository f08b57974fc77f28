"use strict";
// Elements, numbers and words. Whatever stands in a run becomes a text node, never markup.

const content = JSON.parse(document.getElementById("content").textContent);
const rows = content.evaluations;
const memberOf = new Map(content.members.map((member) => [member.evaluation, member]));

// A number and its unit stay in one line.
const unbroken = (text) =>
  text.replace(/(\d) (?=(?:%|us|ms|s|min|h|d|y|USD|[kMGTPE]?J)(?!\w))/g, "$1\u00a0");

function element(name, attributes = {}, ...children) {
  const svg = ["svg", "g", "line", "rect", "circle", "text", "title", "path"].includes(name);
  const made = svg
    ? document.createElementNS("http://www.w3.org/2000/svg", name)
    : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false)
      made.setAttribute(key, value === true ? "" : value);
  }
  const words = name === "code" || name === "pre" ? String : (text) => unbroken(String(text));
  for (const child of children.flat(Infinity))
    if (child !== null && child !== undefined) made.append(child instanceof Node ? child : words(child));
  return made;
}

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 12 });

function significant(value, digits = 3) {
  if (!isNumber(value)) return "unknown";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7))
    return value
      .toExponential(digits - 1)
      .replace(/\.?0+e/, "e")
      .replace("e+", "e");
  return grouped.format(Number(value.toPrecision(Math.max(digits, Math.ceil(Math.log10(size + 1))))));
}

function duration(seconds) {
  if (!isNumber(seconds)) return "unknown";
  const steps = [
    [31557600, "y"],
    [86400, "d"],
    [3600, "h"],
    [60, "min"],
    [1, "s"],
    [1e-3, "ms"],
    [1e-6, "us"],
  ];
  const [scale, unit] = steps.find(([least]) => Math.abs(seconds) >= least) ?? steps[steps.length - 1];
  return `${significant(seconds / scale)} ${unit}`;
}

function joules(value) {
  const units = ["J", "kJ", "MJ", "GJ", "TJ", "PJ", "EJ"];
  const step = Math.min(Math.max(Math.floor(Math.log10(value) / 3), 0), units.length - 1);
  return `${significant(value / 1000 ** step)} ${units[step]}`;
}

const dollars = (usd) => `${significant(isNumber(usd) ? Number(usd.toPrecision(3)) : usd)} USD`;

const percent = (fraction) => (isNumber(fraction) ? `${(100 * fraction).toFixed(1)} %` : "unknown");

const instant = (text) => String(text).replace("T", " ").replace("+00:00", " UTC");

function measured({ accuracy, interval, deviation, seeds }) {
  if (!isNumber(accuracy)) return content.live ? "not yet" : "failed";
  const range = interval ? ` (${(100 * interval[0]).toFixed(1)} to ${percent(interval[1])})` : "";
  const spread = isNumber(deviation) ? `, ± ${(100 * deviation).toFixed(1)} over ${seeds.length} seeds` : "";
  return percent(accuracy) + range + spread;
}

const quantities = [
  {
    name: "accuracy",
    label: "validation accuracy",
    unit: "%",
    better: "larger",
    further: "of members after their final training",
  },
  { name: "search_accuracy", label: "validation accuracy in the search", unit: "%", better: "larger" },
  { name: "test_accuracy", label: "test accuracy of members", unit: "%", better: "larger" },
  ...content.quantities,
].filter(({ name }) => rows.values[name].some(isNumber));

const isFraction = (quantity) => quantity.unit === "%";

function shownValue(quantity, value) {
  if (isFraction(quantity)) return percent(value);
  if (quantity.unit === "s") return duration(value);
  if (quantity.unit === "USD") return dollars(value);
  if (quantity.unit === "J" && isNumber(value)) return joules(value);
  return significant(value) + (quantity.unit && isNumber(value) ? ` ${quantity.unit}` : "");
}

function band(name, at) {
  const sides = rows.bands[name];
  return sides && isNumber(sides.low[at]) && isNumber(sides.high[at])
    ? [sides.low[at], sides.high[at]]
    : null;
}

function banded(name, at, shown = duration) {
  const [low, high] = band(name, at) ?? [];
  return isNumber(low) ? `90 % between ${shown(low)} and ${shown(high)}` : "no band known";
}

function plural(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}

const capital = (line) => line.charAt(0).toUpperCase() + line.slice(1);

function sentences(lines) {
  return lines.map((line) => element("p", {}, `${capital(line)}.`));
}

function command(text) {
  const copy = element(
    "button",
    {
      type: "button",
      "aria-label": `Copy ${text}`,
      onclick: () => {
        navigator.clipboard?.writeText(text).then(
          () => speak("Copied"),
          () => speak("Copying is not allowed here"),
        );
      },
    },
    "Copy",
  );
  return element("div", { class: "command" }, element("pre", {}, element("code", {}, text)), copy);
}

function speak(text) {
  document.getElementById("spoken").textContent = text;
}

function definitions(pairs) {
  return element(
    "dl",
    {},
    pairs
      .filter(([, value]) => value !== null && value !== undefined)
      .flatMap(([term, value]) => [element("dt", {}, term), element("dd", {}, value)]),
  );
}

function section(id, title, ...children) {
  return element(
    "section",
    { id, "aria-labelledby": `${id}-title` },
    element("h2", { id: `${id}-title` }, title),
    children,
  );
}

function scrolled(label, inner, more = "") {
  return element("div", { class: `scroll ${more}`, tabindex: 0, role: "region", "aria-label": label }, inner);
}

// Breaks a line only before what stands in parentheses, and before a deviation.
function parted(text) {
  if (typeof text !== "string") return text;
  return text
    .split(/ (?=[(±])/)
    .flatMap((part, i) => [i ? " " : "", element("span", { class: "together" }, part)]);
}

// Beside each cell its head, which a narrow screen shows there.
const tableCell = ([head, kind], content) =>
  element("td", { class: kind, "data-head": unbroken(head) }, kind === "number" ? parted(content) : content);

function table(caption, heads, lines, more = "") {
  return element(
    "table",
    { class: more },
    element("caption", { class: "unseen" }, caption),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        heads.map(([head, kind]) => element("th", { scope: "col", class: kind }, head)),
      ),
    ),
    element(
      "tbody",
      {},
      lines.map((line) =>
        element(
          "tr",
          {},
          line.map((cell, i) => tableCell(heads[i], cell)),
        ),
      ),
    ),
  );
}

// One architecture is chosen at a time; views register a callback to follow it.
const choice = { at: null, followers: [] };

function choose(at, spoken = true) {
  choice.at = at;
  for (const follower of choice.followers) follower(at);
  if (spoken) speak(`${nameOf(at)} chosen: ${rows.architecture[at]}`);
}
