// In one expression: by it bundlers find the file, and bring it along.
export const pageWorker = () =>
  new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "xorch" });
