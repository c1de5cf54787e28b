// Run the tests of a package in Pyodide: node run_tests.mjs SITE CONFIG TESTS [arguments for pytest]
//
// SITE is a folder with everything installed, CONFIG the pyproject.toml with pytest's settings, TESTS a folder.
// It happens in a worker because only a worker's stack can be made larger from inside: Python in WebAssembly frees
// a graph by calls inside of calls, and Node's own stack ends at some 2,000 of them, long before the tests' million.

import { writeSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { loadPyodide } from "pyodide";

const STACK_MEGABYTES = 950;
const HERE = dirname(fileURLToPath(import.meta.url));

const PROGRAM = `
import os, sys
sys.path[:0] = ["/site", "/plugin"]
os.makedirs("/alone", exist_ok=True)
os.chdir("/alone")
import pytest
int(pytest.main(["-p", "absent", "-p", "no:cacheprovider", "-rs", "--import-mode=importlib",
                 "--override-ini=addopts=", "--config-file=/config/pyproject.toml", "--rootdir=/alone",
                 *arguments, "/alone/tests"]))
`;

async function test([site, config, tests, ...rest]) {
  const nothing = () => null;
  const pyodide = await loadPyodide({
    env: { HOME: "/home/pyodide", PYTHONDONTWRITEBYTECODE: "1" },
    stdin: nothing,
    stdout: nothing,
    stderr: nothing,
  });
  // What is printed goes out as it is, not line by line.
  pyodide.setStdout({ write: (bytes) => writeSync(1, bytes) });
  pyodide.setStderr({ write: (bytes) => writeSync(2, bytes) });
  const folders = { "/site": site, "/plugin": HERE, "/config": dirname(config), "/alone/tests": tests };
  for (const [inside, outside] of Object.entries(folders)) {
    pyodide.FS.mkdirTree(inside);
    pyodide.mountNodeFS(inside, resolve(outside));
  }
  pyodide.globals.set("arguments", pyodide.toPy(rest));
  return pyodide.runPython(PROGRAM);
}

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: process.argv.slice(2),
    resourceLimits: { stackSizeMb: STACK_MEGABYTES },
  });
  worker.on("error", (error) => {
    console.error(error);
    process.exit(1);
  });
  worker.on("exit", (code) => process.exit(code));
} else {
  process.exit(await test(workerData));
}
