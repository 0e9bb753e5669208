/** `xorch repl`: a prompt with torch loaded. */
import { homedir } from "node:os";
import { join } from "node:path";
import { type REPLServer, type REPLWriter, start, writer } from "node:repl";
import { PassThrough } from "node:stream";
import { types } from "node:util";
import * as torch from "xorch";
import { wrapText } from "../../plot/text.ts";
import { hasColour, type Io, type Output, widthOf } from "../io.ts";
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

/** What the prompt shows of a value: as Node does, but of namespaces the names in them, which else would fill pages. */
function showing(output: Output): REPLWriter {
  const width = widthOf(output, 100);
  const write = function (this: REPLServer, value: unknown): string {
    if (!types.isModuleNamespaceObject(value)) return writer.call(this, value);
    return wrapText(Object.keys(value as object).join(", "), (line) => line.length <= width).join("\n");
  };
  return Object.assign(write, { options: writer.options });
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
    writer: showing(io.stdout),
    // Ctrl-C ends what is running, an endless loop or an awaited promise, as it does in Node's own prompt.
    breakEvalOnSigint: terminal,
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
