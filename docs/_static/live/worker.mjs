// Python in a worker, so that a page stays alive whatever a program does. It is sent a program and sends what came of
// it. Everything it loads lies beside it.

import { loadPyodide } from "./runtime/pyodide.mjs";
import { instance } from "./runtime/viz.js";

const address = (name) => new URL(name, import.meta.url).href;

async function loaded(name) {
  const answer = await fetch(address(name));
  if (!answer.ok) throw new Error(`${name} could not be loaded (${answer.status})`);
  return answer;
}

async function begin() {
  const nothing = () => null;
  const [pyodide, graphviz, packages, program] = await Promise.all([
    loadPyodide({ indexURL: address("runtime/"), stdin: nothing, stdout: nothing, stderr: nothing }),
    instance(),
    loaded("runtime/packages.zip").then((answer) => answer.arrayBuffer()),
    loaded("program.py").then((answer) => answer.text()),
  ]);
  const site = pyodide.runPython("import site; site.getsitepackages()[0]");
  pyodide.unpackArchive(packages, "zip", { extractDir: site });
  pyodide.FS.writeFile(`${site}/program.py`, program);
  pyodide.runPython("import importlib; importlib.invalidate_caches()");
  const module = pyodide.pyimport("program");
  module.draw_with((dot) => {
    const drawn = graphviz.render(dot, { format: "svg" });
    if (drawn.status !== "success") throw new Error(drawn.errors.map((error) => error.message).join("; "));
    return drawn.output;
  });
  return module;
}

const python = begin();

python.then(
  () => postMessage({ ready: true }),
  (error) => postMessage({ failed: `Python could not be loaded: ${error.message}` }),
);

onmessage = async ({ data }) => {
  const module = await python;
  const started = performance.now();
  try {
    const outcome = module.run(data);
    const json = outcome.json();
    outcome.destroy();
    postMessage({ outcome: JSON.parse(json), seconds: (performance.now() - started) / 1000 });
  } catch (error) {
    // Python itself has ended: a program's own errors are part of the outcome.
    postMessage({ failed: ended(error) });
  }
};

function ended(error) {
  if (error instanceof RangeError) {
    return "Python ran out of the browser's stack. A calculation with some thousands of steps one after the other does that here, and not on your machine.";
  }
  return `Python ended: ${error.message}`;
}
