// The tool on the live page: choose a program, change it, run it, see its values, gradients and graph. Without a
// server, or without the runtime, the page stays what it is: the programs with their results.

(() => {
  "use strict";

  const SECONDS = 10;
  const HERE = document.currentScript.src;
  const tool = document.getElementById("live");
  if (!tool || !location.protocol.startsWith("http")) return;

  const part = (name) => document.getElementById(`live-${name}`);
  const [choice, about, source, result, status] = ["choice", "about", "source", "result", "status"].map(part);
  const [run, stop, reset] = ["run", "stop", "reset"].map(part);
  const programs = new Map(
    [...document.querySelectorAll(".live-program")].map((section) => [section.id, read(section)]),
  );
  let worker = null;
  let ready = false;
  let limit = 0;
  let waiting = null; // the program to run when Python is there

  function read(section) {
    const text = section.querySelector(".highlight pre").textContent.trimEnd();
    return {
      title: section.querySelector("h2").firstChild.textContent,
      about: section.querySelector(".live-about"),
      result: section.querySelector(".live-result"),
      original: text,
      text,
    };
  }

  // ---- Choosing and writing

  function choose(name) {
    const program = programs.get(name);
    choice.value = name;
    about.replaceChildren(...program.about.cloneNode(true).childNodes);
    result.replaceChildren(program.result.cloneNode(true));
    write(program.text);
    say("");
  }

  function write(text) {
    source.value = text;
    source.rows = text.split("\n").length + 1;
    keep();
  }

  function keep() {
    const program = programs.get(choice.value);
    program.text = source.value;
    reset.disabled = program.text === program.original;
  }

  function indent(event) {
    const before = source.value.slice(0, source.selectionStart);
    const line = before.slice(before.lastIndexOf("\n") + 1);
    const spaces = line.match(/^ */)[0] + (line.trimEnd().endsWith(":") ? "    " : "");
    // The only way of writing into a field that can be undone.
    if (spaces && document.execCommand("insertText", false, `\n${spaces}`)) event.preventDefault();
  }

  // ---- Running

  function start() {
    if (waiting !== null) return;
    waiting = source.value;
    busy(true);
    if (!worker) load();
    if (ready) send();
  }

  function load() {
    say("Loading Python …");
    worker = new Worker(new URL("worker.mjs", HERE), { type: "module" });
    worker.onmessage = ({ data }) => {
      if (data.ready) {
        ready = true;
        send();
      } else if (data.failed) {
        end(data.failed);
      } else {
        done(data);
      }
    };
    worker.onerror = () => end("Python could not be loaded. Reload the page to try again.");
  }

  function send() {
    say("Running …");
    limit = setTimeout(end, SECONDS * 1000, `Stopped after ${SECONDS} seconds.`);
    worker.postMessage(waiting);
  }

  function done({ outcome, seconds }) {
    settle();
    result.replaceChildren(shown(outcome));
    say(outcome.error ? heading(outcome) : `Done in ${seconds.toFixed(2)} s`);
  }

  // A worker cannot be interrupted, only ended. The next run begins another, from the browser's cache.
  function end(why) {
    worker?.terminate();
    worker = null;
    ready = false;
    settle();
    result.replaceChildren();
    say(why);
  }

  function settle() {
    clearTimeout(limit);
    waiting = null;
    busy(false);
  }

  function busy(is) {
    stop.disabled = !is; // the other button stays, so that the focus does
    result.setAttribute("aria-busy", is);
  }

  function say(words) {
    status.textContent = words;
  }

  // ---- Showing

  const heading = ({ line }) => (line ? `Error in line ${line}` : "Error");

  function shown(outcome) {
    const parts = [];
    if (outcome.error) {
      const title = element("p", { className: "admonition-title" }, heading(outcome));
      parts.push(element("div", { className: "admonition error" }, title, element("pre", {}, outcome.error)));
    }
    if (outcome.printed) parts.push(element("pre", { className: "live-printed" }, outcome.printed));
    parts.push(...outcome.remarks.map((remark) => element("p", {}, remark)));
    const images = Object.entries(outcome.drawings).map(([theme, svg]) =>
      element("img", {
        className: `only-${theme}`,
        alt: "The graph of out",
        src: `data:image/svg+xml,${encodeURIComponent(svg)}`,
        style: `min-width: ${smallest(svg)}px`,
      }),
    );
    if (images.length) parts.push(element("figure", { className: "drawing" }, ...images));
    if (outcome.rows.length) parts.push(table(outcome.rows));
    return element("div", { className: "live-result" }, ...parts);
  }

  // Half its size, at which it can still be read; a wider one is moved sideways.
  const smallest = (svg) => Math.round((parseFloat(svg.match(/ width="([\d.]+)pt"/)[1]) * 2) / 3);

  function table(rows) {
    const headings = tool.dataset.headings.split("|").map((text) => element("th", { scope: "col" }, text));
    const body = rows.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, cell))));
    const whole = element(
      "table",
      { className: "docutils live-values" },
      element("thead", {}, element("tr", {}, ...headings)),
      element("tbody", {}, ...body),
    );
    return element("div", { className: "table-wrapper" }, whole);
  }

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children); // text stays text
    return made;
  }

  // ---- Beginning

  for (const [name, { title }] of programs) choice.append(new Option(title, name));
  choice.addEventListener("change", () => choose(choice.value));
  source.addEventListener("input", keep);
  source.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) start();
    else if (!event.shiftKey && !event.altKey) indent(event);
  });
  reset.addEventListener("click", () => {
    write(programs.get(choice.value).original);
    source.focus();
  });
  stop.addEventListener("click", () => {
    end("Stopped.");
    run.focus();
  });
  tool.addEventListener("submit", (event) => {
    event.preventDefault();
    start();
  });
  const named = () => programs.has(location.hash.slice(1)) && choose(location.hash.slice(1));
  window.addEventListener("hashchange", named);
  document.documentElement.classList.add("live-runs");
  tool.hidden = false;
  choose(programs.keys().next().value);
  named();
})();
