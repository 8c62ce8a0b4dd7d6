// Usage: node compile_wheels.mjs <folder of pyodide> <folder with in/, out/, plan.json>
// Starts the very Python that the browser will run and lets it compile the wheels.
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [pyodideFolder, workFolder] = process.argv.slice(2).map((path) => resolve(path));
const here = dirname(fileURLToPath(import.meta.url));
const { loadPyodide } = await import(pathToFileURL(join(pyodideFolder, "pyodide.mjs")).href);
const pyodide = await loadPyodide({ indexURL: pyodideFolder });
pyodide.mountNodeFS("/work", workFolder);
pyodide.runPython(readFileSync(join(here, "compile_wheels.py"), "utf-8"));
pyodide.globals.get("main")("/work");
