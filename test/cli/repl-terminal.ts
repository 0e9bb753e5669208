/** The prompt on a terminal, in a process of its own that can be sent signals: keys come by stdin, the screen goes to stdout. */
import { PassThrough } from "node:stream";
import { run } from "../../src/cli/run.ts";

const keyboard = Object.assign(new PassThrough(), { isTTY: true });
const screen = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
process.stdin.pipe(keyboard);
screen.pipe(process.stdout);
const env = { ...process.env, NO_COLOR: "1" };
process.exitCode = await run(["repl"], { stdin: keyboard, stdout: screen, stderr: screen, env, cwd: "." });
process.stdin.destroy();
