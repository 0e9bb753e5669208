/**
 * What a worker thread runs, as a text of its own: it must not depend on how the library was bundled.
 *
 * It waits for commands in shared memory: for a while it looks at the word again and again, then it sleeps, and hears no
 * messages meanwhile. Messages, which bring programs and take them away, come with a command to go and read them.
 */
import { barrierWords } from "../../../codegen/wasm/barrier.ts";
import { AWAKE_MS, commands, failure, MAIN_SLEEPS, states, workerWords as words } from "./control-words.ts";

const generation = barrierWords.generation / 4;
const aborted = barrierWords.aborted / 4;

/** Made when it is wanted: few programs have workers. */
export const workerSource = (): string => `"use strict";
const port = typeof require === "function" ? require("node:worker_threads").parentPort : self;
const { load, store } = Atomics;
const programs = new Map(), made = new Map();
let memory, words, my, received = 0;

function importsFrom(source, description) {
  const key = source + JSON.stringify(description);
  if (!made.has(key)) {
    const make = new Function("return " + source)();
    made.set(key, make(description, memory, typeof require === "function" ? require : undefined));
  }
  return made.get(key);
}

function instantiate({ module, workerImports }) {
  const env = { memory, ...(workerImports && importsFrom(workerImports.source, workerImports.description)) };
  for (const { name } of WebAssembly.Module.imports(module)) env[name] ??= () => 0;
  return new WebAssembly.Instance(module, { env }).exports.run;
}

function abort(thread, error) {
  if (Atomics.compareExchange(words, ${aborted}, 0, thread + 1) === 0) {
    const text = String(error && error.message || error).slice(0, ${failure.mostCharacters});
    words[${failure.isTrap}] = Number(error instanceof WebAssembly.RuntimeError);
    words[${failure.length}] = text.length;
    new Uint16Array(words.buffer, ${failure.text * 4}).set(Array.from(text, (_, i) => text.charCodeAt(i)));
  }
  Atomics.add(words, ${generation}, 1);
  Atomics.notify(words, ${generation});
}

function nextCommand() {
  const end = performance.now() + ${AWAKE_MS};
  do {
    for (let i = 0; i < 64; i++) {
      const command = load(words, my);
      if (command !== ${commands.none}) return command;
    }
  } while (performance.now() < end);
  store(words, my + ${words.state}, ${states.asleep});
  Atomics.wait(words, my, ${commands.none});
  store(words, my + ${words.state}, ${states.awake});
  return load(words, my);
}

function run() {
  const thread = words[my + ${words.thread}];
  let result = 0;
  try {
    result = programs.get(words[my + ${words.program}])(thread, words[my + ${words.threads}]);
  } catch (error) {
    abort(thread, error);
  }
  words[my + ${words.result}] = result;
  store(words, my, ${commands.none});
  if (load(words, ${MAIN_SLEEPS}) !== 0) Atomics.notify(words, my);
}

function serve() {
  while (load(words, my + ${words.sent}) === received) {
    store(words, my + ${words.state}, ${states.awake});
    for (let command; (command = nextCommand()) !== ${commands.readMessages}; ) {
      if (command === ${commands.run}) run();
    }
    store(words, my + ${words.state}, ${states.away});
    store(words, my, ${commands.none});
  }
}

// It runs: errors from now on are its own.
port.postMessage(null);
port.onmessage = ({ data }) => {
  try {
    if (data.memory) {
      memory = data.memory;
      words = new Int32Array(memory.buffer);
      my = data.firstWord;
    } else if (data.module) programs.set(data.id, instantiate(data));
    else programs.delete(data.id);
  } catch (error) {
    port.postMessage(String(error));
    port.close();
    return;
  }
  store(words, my + ${words.received}, ++received);
  serve();
};
`;
