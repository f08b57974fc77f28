// The first screen, and the panels that are words and tables.

const summary = content.summary;
const frontMembers = content.members.filter((member) => member.on_front);

function plural(number, one, many = `${one}s`) { return `${number} ${number === 1 ? one : many}`; }

function foundCard() {
  const count = (status) => rows.status.filter((own) => own === status).length;
  const parts = [["evaluated", "evaluated"], ["stopped", "stopped early"], ["infeasible", "infeasible"], ["failed", "failed"]]
    .map(([status, words]) => [count(status), words]).filter(([number]) => number).map(([number, words]) => `${number} ${words}`);
  const best = rows.values.accuracy.filter(isNumber);
  return element("div", { class: "card" }, element("h2", {}, "What was found"),
    element("p", { class: "big" }, plural(frontMembers.length, "network"), " on the Pareto front"),
    element("p", {}, `of ${plural(rows.hash.length, "architecture")} (${parts.join(", ")}), by ${content.objectives.join("; ")}. `,
      best.length ? `Best validation accuracy ${percent(Math.max(...best))}.` : ""),
    content.members.length > frontMembers.length
      ? element("p", { class: "soft" }, `${plural(content.members.length - frontMembers.length, "more was", "more were")} on the front of the search and fell behind in the final training, or behind a classical model.`) : null);
}

function pickCard() {
  const ranks = [...new Set(content.selection.map(({ rank }) => rank))];
  const items = ranks.map((rank) => {
    const own = content.selection.filter((one) => one.rank === rank), member = content.members[rank - 1];
    const button = element("button", { type: "button", class: "pick", "aria-pressed": "false", onclick: () => choose(member.evaluation) },
      element("strong", {}, `#${rank} ${own.map(({ word }) => word).join(", ")}`), " ", measured(member.final), ", ", duration(rows.values.qpu_s[member.evaluation]),
      element("br"), element("code", {}, rows.architecture[member.evaluation]));
    choice.followers.push((at) => button.setAttribute("aria-pressed", String(at === member.evaluation)));
    return element("li", {}, button, element("div", { class: "soft" }, own.map(({ reason }) => reason).join("; ")));
  });
  return element("div", { class: "card full" }, element("h2", {}, "What to pick"),
    items.length ? element("ul", { class: "picks" }, items) : element("p", {}, "No member was trained to the end."));
}

function costCard() {
  const body = element("div");
  choice.followers.push((at) => {
    const money = rows.values.cost_usd[at], value = (name) => rows.values[name][at];
    body.replaceChildren(
      element("p", { class: "big" }, duration(value("qpu_s")), " of QPU time"),
      element("p", {}, banded("qpu_s", at), "."),
      element("p", {}, `Effective execution time (gates, routing, noise): ${duration(value("effective_s"))}, ${banded("effective_s", at)}.`),
      isNumber(money) ? element("p", {}, `Price: ${dollars(money)}, ${banded("cost_usd", at, dollars)}.`) : element("p", {}, "No price is known of this machine."),
      element("p", { class: "soft" }, `${nameOf(at)}, ${content.total.replace(/^.* of /, "").replace(/, with.*$/, "")}. P survival ${significant(value("p_survival"))}.`));
  });
  return element("div", { class: "card" }, element("h2", {}, "What it costs"), body);
}

function quantumCard() {
  const best = content.baselines.reduce((a, b) => (a && a.validation_accuracy >= b.validation_accuracy ? a : b), null);
  const verdicts = content.members.filter(({ verdict }) => verdict);
  const own = content.members[(content.selection.find(({ word }) => word === "best")?.rank ?? 1) - 1]?.final.accuracy ?? 0;
  const against = best && `${best.name} reaches ${percent(best.validation_accuracy)} with ${significant(best.parameters)} parameters and no QPU time; the best member ${percent(own)}.`;
  const comparison = best === null ? "No classical model was trained for comparison." : own > best.validation_accuracy ? "Above the classical models" : own < best.validation_accuracy ? "Below a classical model" : "Level with a classical model";
  return element("div", { class: "card" }, element("h2", {}, "Does the quantum part earn it?"),
    verdicts.length ? verdicts.map(({ rank, verdict }) => element("p", {}, element("strong", {}, `#${rank} `), verdict))
      : [element("p", { class: "big" }, comparison), against ? element("p", {}, against) : null,
         element("p", {}, "Whether the circuits contribute was not examined. This asks it:"), command(content.commands.contribution)],
    verdicts.length && against ? element("p", { class: "soft" }, against) : null);
}

function baselineTable() {
  const heads = [["model", ""], ["validation accuracy (95 %)", "number"], ["test accuracy (95 %)", "number"], ["parameters", "number"]];
  const lines = content.baselines.map((b) => [`${b.name} ${b.setting}`.trim(), measured(b.validation), measured(b.test), significant(b.parameters)]);
  const picked = [...new Set(content.selection.map(({ rank }) => rank))].map((rank) => content.members[rank - 1]);
  const own = picked.map((m) => [`#${m.rank}, hybrid`, measured(m.final), measured(m.test), significant(rows.values.parameters[m.evaluation])]);
  return [content.notes.map((note) => element("p", {}, `${note.charAt(0).toUpperCase()}${note.slice(1)}.`)),
    content.baselines.length ? scrolled("Classical models and selected members", table("Classical models and selected members", heads, [...own, ...lines])) : null,
    element("p", { class: "soft" }, "The validation split chose networks and settings, so that its accuracies are optimistic; the test split chose nothing.")];
}

function memberTable() {
  const columns = [["architecture", "", (at) => element("code", {}, rows.architecture[at])], ["search", "number", (at) => percent(rows.values.search_accuracy[at])],
    ["final (95 %)", "number", (at) => (memberOf.has(at) ? measured(memberOf.get(at).final) : "")], ["test (95 %)", "number", (at) => (memberOf.has(at) ? measured(memberOf.get(at).test) : "")],
    ["QPU time", "number", (at) => duration(rows.values.qpu_s[at])], ["effective", "number", (at) => duration(rows.values.effective_s[at])],
    ["P survival", "number", (at) => significant(rows.values.p_survival[at])], ["parameters", "number", (at) => significant(rows.values.parameters[at])],
    ["role", "", (at) => { const m = memberOf.get(at); return m ? (m.on_front ? content.selection.filter(({ rank }) => rank === m.rank).map(({ word }) => word).join(", ") : `behind ${m.behind}`) : rows.status[at]; }]];
  const body = element("tbody");
  const line = (at) => {
    const button = element("button", { type: "button", "aria-label": `Show ${nameOf(at)}: ${rows.architecture[at]}`, "aria-pressed": "false" }, nameOf(at));
    return element("tr", { class: "clickable", "data-at": at, onclick: () => choose(at) }, element("td", {}, button), columns.map(([, kind, cell]) => element("td", { class: kind }, cell(at))));
  };
  const mark = () => { for (const row of body.rows) {
    const chosen = Number(row.dataset.at) === choice.at;
    row.classList.toggle("chosen", chosen); row.querySelector("button").setAttribute("aria-pressed", String(chosen));
  } };
  const fill = (everything) => {
    const rest = all.filter((at) => !memberOf.has(at)).sort((a, b) => (rows.values.accuracy[b] ?? -1) - (rows.values.accuracy[a] ?? -1));
    body.replaceChildren(...[...content.members.map(({ evaluation }) => evaluation), ...(everything ? rest : [])].map(line));
    mark();
  };
  const box = element("input", { type: "checkbox", id: "everything", onchange: () => fill(box.checked) });
  choice.followers.push(mark);
  fill(false);
  return [element("p", { class: "choices" }, element("label", {}, box, `all ${rows.hash.length} architectures`)),
    scrolled("Members of the front", element("table", { id: "members" }, element("caption", { class: "unseen" }, "Members of the front by rank; a button shows one below"),
      element("thead", {}, element("tr", {}, [["#", ""], ...columns].map(([head, kind]) => element("th", { scope: "col", class: kind }, head)))), body), "tall")];
}

function calibrationCard() {
  const own = summary.calibration ?? {}, repairs = Array.isArray(own.repairs) ? own.repairs : [];
  return [definitions([["machine", own.name], ["date", own.date], ["age at the run", isNumber(own.age_days) ? `${own.age_days} days` : null], ["source", own.source], ["hash", own.hash]]),
    element("h3", {}, "Repairs"), repairs.length ? element("ul", {}, repairs.map((repair) => element("li", {}, repair))) : element("p", {}, "None was needed.")];
}

function reasonsTable() {
  if (!content.reasons.length) return element("p", {}, "Every architecture was evaluated: none failed and none was infeasible.");
  return scrolled("Reasons", table("Why architectures were not evaluated", [["architectures", "number"], ["status", ""], ["reason", ""]],
    content.reasons.map(({ count, status, reason }) => [count, status, reason])));
}

function provenance() {
  const versions = Object.entries(summary.versions ?? {}).map(([name, number]) => `${name} ${number}`).join(", ");
  const made = content.commands.search;
  return [made ? [element("p", {}, "The search, which this command makes or resumes:"), command(made)] : element("p", {}, summary.overrides === null ? "The search was made from Python." : "The command of the search is not recorded; its settings are below."),
    element("p", {}, "This page again, as after a contribution was examined:"), command(content.commands.report),
    definitions([["finished", summary.finished], ["seed", summary.seed], ["search", duration(summary.search_s)], ["in all", duration(summary.wall_s)],
      ["classical device", summary.device?.name], ["versions", versions]]),
    element("details", {}, element("summary", {}, "All settings"), element("pre", {}, content.config))];
}
