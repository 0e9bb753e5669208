/**
 * The Python that PyTorch is measured in: the one that XORCH_PYTHON names, or an environment of the benchmark's own,
 * which is made when it is first wanted and kept.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { lastError } from "./last-error.ts";

/** The PyTorch that Xorch is compared with. */
const RELEASE = "2.15";
/** What it runs on. */
const LEAST_PYTHON = 11;
/** Older ones lack what the peer is written with. */
const OLDEST_RELEASE = 2;

interface Source {
  /** What stands in the statement before the download. */
  what: string;
  options: readonly string[];
  /** Measured for the release above: what is downloaded, and what is needed at most while it is installed. */
  gigabytes: number;
  room: number;
}

/** PyTorch's own index of builds without CUDA. On Linux those of PyPI cannot be imported without CUDA's libraries. */
const CPU_INDEX = "https://download.pytorch.org/whl/cpu";
const withoutCuda: Source = {
  what: "its build for the CPU alone",
  options: ["--index-url", CPU_INDEX],
  gigabytes: 0.25,
  room: 2,
};
const usual: Source =
  process.platform === "linux"
    ? { what: "PyPI's build and the CUDA libraries that it needs", options: [], gigabytes: 3, room: 9 }
    : { what: "PyPI's build", options: [], gigabytes: 0.2, room: 2 };

export interface Surroundings {
  /** Where the environment is kept. */
  folder: string;
  env: NodeJS.ProcessEnv;
  /** Says what is about to happen. */
  say(text: string): void;
  /** Whether an address answers. */
  reachable(address: string): Promise<boolean>;
  /** Gigabytes that are free where a folder lies. */
  free(folder: string): number;
}

async function answers(address: string): Promise<boolean> {
  const request = fetch(address, { method: "HEAD", signal: AbortSignal.timeout(5000) });
  return request.then(
    ({ ok }) => ok,
    () => false,
  );
}

function freeRoom(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return (bavail * bsize) / 1e9;
}

export const surroundings = (say: (text: string) => void): Surroundings => ({
  folder: fileURLToPath(new URL(".venv", import.meta.url)),
  env: process.env,
  say,
  reachable: answers,
  free: freeRoom,
});

/** What a Python prints; throws an Error that says why it prints nothing. */
function output(python: string, args: readonly string[], env: NodeJS.ProcessEnv): string {
  const { status, error, stdout, stderr } = spawnSync(python, args, { encoding: "utf8", env });
  if (status === 0) return stdout.trim();
  throw new Error(`${python}: ${error?.message ?? lastError(stderr)}`);
}

const releaseOf = (python: string, env: NodeJS.ProcessEnv): string =>
  output(python, ["-c", "import torch; print(torch.__version__)"], env);

/** The first Python that is new enough. */
function basePython(env: NodeJS.ProcessEnv): string {
  const newest = [14, 13, 12, LEAST_PYTHON].map((minor) => `python3.${minor}`);
  const test = `import sys, venv, ensurepip; assert sys.version_info >= (3, ${LEAST_PYTHON}), sys.version`;
  const reasons: string[] = [];
  for (const python of ["python3", ...newest, "python"]) {
    try {
      output(python, ["-c", test], env);
      return python;
    } catch (error) {
      const { message } = error as Error;
      if (!message.includes("ENOENT")) reasons.push(message);
    }
  }
  throw new Error(`no Python of 3.${LEAST_PYTHON} or newer that can make environments${listed(reasons)}`);
}

const listed = (reasons: readonly string[]) => (reasons.length > 0 ? ` (${reasons.join("; ")})` : "");

/** Installs PyTorch from the first source that has it. */
async function install(python: string, around: Surroundings): Promise<void> {
  const { folder, env, say, reachable } = around;
  const small = process.platform === "linux" && (await reachable(`${CPU_INDEX}/torch/`));
  // Wheels wait beside the environment until they are unpacked: room for them is the room that was asked for.
  const temporary = join(folder, "tmp");
  mkdirSync(temporary, { recursive: true });
  const free = around.free(folder);
  const reasons: string[] = [];
  for (const { what, options, gigabytes, room } of small ? [withoutCuda, usual] : [usual]) {
    if (free < room) {
      reasons.push(`needs ${room} GB of room, there are ${free.toFixed(1)}`);
      continue;
    }
    say(
      `PyTorch ${RELEASE} for the comparison, once: ${what}, about ${gigabytes} GB to download, into ${folder}. ` +
        "(XORCH_PYTHON names a Python that has it; --peers compiled,tensorflow,jax measures without.)",
    );
    const args = ["-m", "pip", "install", "--no-cache-dir", ...options, `torch==${RELEASE}.*`];
    // What pip prints goes to stderr: stdout may be asked for as JSON.
    const { status } = spawnSync(python, args, {
      env: { ...env, TMPDIR: temporary, PIP_DISABLE_PIP_VERSION_CHECK: "1" },
      stdio: ["ignore", 2, 2],
    });
    if (status === 0) return;
    reasons.push(`pip could not install torch ${RELEASE} (${what})`);
  }
  throw new Error(reasons.join("; "));
}

const pythonOf = (folder: string): string =>
  join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");

async function made(around: Surroundings): Promise<string> {
  const { folder, env } = around;
  const python = pythonOf(folder);
  if (!existsSync(python)) output(basePython(env), ["-m", "venv", folder], env);
  try {
    await install(python, around);
  } finally {
    rmSync(join(folder, "tmp"), { recursive: true, force: true });
  }
  releaseOf(python, env);
  return python;
}

/**
 * The path of a Python that can import torch. Throws an Error that says why there is none: without network, room or a
 * Python the rest is measured all the same.
 */
export async function pythonWithTorch(around: Surroundings): Promise<string> {
  const { folder, env } = around;
  const named = env.XORCH_PYTHON;
  if (named) {
    const release = releaseOf(named, env);
    if (Number.parseInt(release, 10) >= OLDEST_RELEASE) return named;
    throw new Error(
      `${named} has PyTorch ${release}, ${OLDEST_RELEASE}.0 is the oldest that can be measured`,
    );
  }
  for (const python of [pythonOf(folder), "python3"]) {
    try {
      if (releaseOf(python, env).startsWith(`${RELEASE}.`)) return python;
    } catch {
      // It has no torch, or is none.
    }
  }
  return made(around);
}
