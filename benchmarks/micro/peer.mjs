// Pyodide in Node, one JSON string of Python a line: answers with the result and the milliseconds it took.
import readline from "node:readline";
import { pathToFileURL } from "node:url";

const begin = performance.now();
const { loadPyodide } = await import(pathToFileURL(process.argv[2]));
const silent = () => {};
const pyodide = await loadPyodide({ stdout: silent, stderr: silent, packageCacheDir: process.argv[3] });
const packages = process.argv.slice(4);
if (packages.length > 0) await pyodide.loadPackage(packages, { messageCallback: silent, errorCallback: silent });
console.log(JSON.stringify({ result: process.version, ms: performance.now() - begin }));
for await (const line of readline.createInterface({ input: process.stdin })) {
  const start = performance.now();
  let answer;
  try {
    answer = { result: String(pyodide.runPython(JSON.parse(line))) };
  } catch (error) {
    answer = { error: String(error) };
  }
  console.log(JSON.stringify({ ...answer, ms: performance.now() - start }));
}
