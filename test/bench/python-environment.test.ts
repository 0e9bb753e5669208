/** A python3 that is a script of a few lines stands for the real one: nothing is downloaded here. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pythonWithTorch } from "../../bench/python-environment.ts";

let place: string;
let said: string[];

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "xorch-python-"));
  said = [];
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const log = () => {
  const file = join(place, "log");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
};

/**
 * Writes a Python. `version` is that of Python, `torch` what it can import from the start, `pip` the exit code of an
 * install. An environment that it makes holds the same program; what pip installs there can be imported afterwards.
 */
function fakePython(name: string, behaviour: { python?: boolean; torch?: string; pip?: number }): void {
  const file = join(place, "bin", name);
  mkdirSync(dirname(file), { recursive: true });
  const { python = true, torch = "", pip = 0 } = behaviour;
  const script = `#!/bin/sh
here=$(dirname "$0")
echo "$@" >> ${place}/log
case "$*" in
  *"import torch"*)
    torch=$(cat "$here/torch" 2>/dev/null || echo "${torch}")
    [ -n "$torch" ] || { echo "ModuleNotFoundError: No module named 'torch'" >&2; exit 1; }
    echo "$torch";;
  *"import sys"*) ${python} || { echo "AssertionError: 3.9.2" >&2; exit 1; };;
  "-m venv"*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python";;
  "-m pip install"*) [ ${pip} = 0 ] || exit ${pip}; [ -d "$TMPDIR" ] || exit 9; echo "2.15.0" > "$here/torch";;
  *) exit 8;;
esac
`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
}

const around = (reachable = false, more: NodeJS.ProcessEnv = {}) => ({
  folder: join(place, ".venv"),
  env: { PATH: [join(place, "bin"), "/usr/bin", "/bin"].join(delimiter), ...more },
  say: (text: string) => void said.push(text),
  reachable: async () => reachable,
  free: () => 100,
});

const onPosix = describe.skipIf(process.platform === "win32");

onPosix("pythonWithTorch", () => {
  it("makes an environment after it has said the size of the download, and finds it again", async () => {
    fakePython("python3", {});
    const own = join(place, ".venv/bin/python");
    expect(await pythonWithTorch(around())).toBe(own);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/PyTorch 2\.15 .* about [\d.]+ GB to download, into .*\.venv/);
    expect(log().filter((line) => line.includes("pip install"))).toEqual([
      "-m pip install --no-cache-dir torch==2.15.*",
    ]);
    expect(existsSync(join(place, ".venv/tmp"))).toBe(false);
    rmSync(join(place, "log"));
    expect(await pythonWithTorch(around())).toBe(own);
    expect(log()).toHaveLength(1);
    expect(said).toHaveLength(1);
  });

  it.skipIf(process.platform !== "linux")("takes the small build where PyTorch's index answers", async () => {
    fakePython("python3", {});
    await pythonWithTorch(around(true));
    const [size] = /[\d.]+(?= GB to download)/.exec(said[0]!)!;
    expect(Number(size)).toBeLessThan(0.5);
    expect(log().find((line) => line.includes("pip install"))).toContain("--index-url");
  });

  it("installs again where an earlier attempt was broken off", async () => {
    fakePython("python3", { pip: 2 });
    await expect(pythonWithTorch(around())).rejects.toThrow("pip could not install torch 2.15");
    fakePython("python3", {});
    rmSync(join(place, ".venv/bin/python"));
    await pythonWithTorch(around());
    expect(said).toHaveLength(2);
  });

  it("downloads nothing where there is no room for it", async () => {
    fakePython("python3", {});
    const full = { ...around(), free: () => 0.5 };
    await expect(pythonWithTorch(full)).rejects.toThrow(/^needs \d+ GB of room, there are 0\.5$/);
    expect(said).toEqual([]);
    expect(log().filter((line) => line.includes("-m pip"))).toEqual([]);
  });

  it("needs nothing where python3 has that PyTorch", async () => {
    fakePython("python3", { torch: "2.15.1+cpu" });
    expect(await pythonWithTorch(around())).toBe("python3");
    expect(said).toEqual([]);
  });

  it("does not take another PyTorch that happens to be there", async () => {
    fakePython("python3", { torch: "1.13.0a0" });
    expect(await pythonWithTorch(around())).toBe(join(place, ".venv/bin/python"));
  });

  it("takes the Python that is named, and no other", async () => {
    fakePython("python3", {});
    fakePython("mine", { torch: "2.4.0" });
    fakePython("old", { torch: "1.13.0a0" });
    const named = (name: string) => around(false, { XORCH_PYTHON: join(place, "bin", name) });
    expect(await pythonWithTorch(named("mine"))).toBe(join(place, "bin/mine"));
    await expect(pythonWithTorch(named("python3"))).rejects.toThrow("No module named 'torch'");
    await expect(pythonWithTorch(named("old"))).rejects.toThrow("PyTorch 1.13.0a0");
    await expect(pythonWithTorch(named("none"))).rejects.toThrow("ENOENT");
    expect(said).toEqual([]);
  });

  it("says why there is none: no Python, an old one", async () => {
    const nowhere = { ...around(), env: { PATH: join(place, "bin") } };
    await expect(pythonWithTorch(nowhere)).rejects.toThrow(/^no Python of 3\.11 or newer/);
    fakePython("python3", { python: false });
    const old = { ...around(), env: { PATH: `${join(place, "bin")}${delimiter}${place}` } };
    await expect(pythonWithTorch(old)).rejects.toThrow(/^no Python of 3\.11 or newer/);
    expect(said).toEqual([]);
  });
});
