/** `xorch repl`: a prompt with torch loaded. */
import { homedir } from "node:os";
import { join } from "node:path";
import { type REPLServer, start } from "node:repl";
import { PassThrough } from "node:stream";
import * as torch from "xorch";
import { hasColour, type Io } from "../io.ts";
import type { Translate } from "../texts/index.ts";
import { version } from "../version.ts";
import { feedLines } from "./piped-input.ts";

/** Where lines are kept between sessions. */
const historyFile = (env: Io["env"]): string => env.XORCH_HISTORY || join(homedir(), ".xorch_history");

function loadHistory(server: REPLServer, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.setupHistory(file, (error) => (error ? reject(error) : resolve()));
  });
}

/** Ends when the user leaves it, or when piped input ends. */
export async function repl(t: Translate, io: Io): Promise<void> {
  const terminal = io.stdin.isTTY === true && io.stdout.isTTY === true;
  if (terminal) io.stdout.write(`${t("repl.banner", { version })}\n`);
  const server = start({
    prompt: terminal ? "> " : "",
    // Piped input is a script, fed line by line.
    input: terminal ? io.stdin : new PassThrough(),
    output: io.stdout,
    terminal,
    useColors: hasColour(io.stdout, io.env),
    ignoreUndefined: true,
  });
  const left = new Promise<void>((resolve) => server.once("exit", resolve));
  const provide = () => {
    Object.assign(server.context, { torch, nn: torch.nn, optim: torch.optim, F: torch.nn.functional });
  };
  provide();
  // `.clear` makes a fresh context.
  server.on("reset", provide);
  if (terminal) await loadHistory(server, historyFile(io.env));
  else await feedLines(server, io.stdin);
  await left;
}
