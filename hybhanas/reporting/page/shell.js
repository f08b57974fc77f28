// What pages have in common: their head, and that charts follow once Plotly is unpacked.

function head(title, line, links) {
  document.getElementById("top").append(
    element("h1", {}, title),
    element("p", { class: "soft" }, line),
    element(
      "nav",
      { "aria-label": "Sections" },
      element(
        "ul",
        {},
        links.map(([id, words]) => element("li", {}, element("a", { href: `#${id}` }, words))),
      ),
    ),
  );
}

async function unpackedPlotly() {
  const packed = Uint8Array.from(atob(document.getElementById("plotly").textContent), (letter) =>
    letter.charCodeAt(0),
  );
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = element("script");
  script.textContent = await new Response(stream).text();
  document.head.append(script);
}

async function drawAll(charts) {
  await unpackedPlotly();
  for (const one of charts) await one.start();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
  addEventListener("beforeprint", () => drawForPaper(true));
  addEventListener("afterprint", () => drawForPaper(false));
  document.documentElement.dataset.drawn = "yes";
}
