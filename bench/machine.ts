/** The machine, by what it reports of itself. */
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";

export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  system: string;
  node: string;
  /**
   * How many programs wanted a core before the run, on average over a minute or over five, whichever is less: a build just
   * before disturbs the one, what ended a while ago the other. 0 where the system does not count them.
   */
  load: number;
}

/** Share of the cores that others may have wanted before times are worth nothing. */
const BUSY = 0.25;

/** What a run was disturbed by, before it began; null where nothing was. */
export function disturbance({ cores, load }: Pick<Machine, "cores" | "load">): string | null {
  if (load <= BUSY * cores) return null;
  return `The machine was busy before the run: a load of ${load.toFixed(1)} on ${cores} cores. Its times are worth little.`;
}

/** Vector and matrix units, by the flags of Linux: virtual machines often say no more of the model than its maker. */
const units: Readonly<Record<string, string>> = {
  avx2: "AVX2",
  avx512f: "AVX-512",
  amx_tile: "AMX",
  asimd: "NEON",
  sve: "SVE",
};

/** Family, model and units, as /proc/cpuinfo has them; nothing where there are none. */
export function detailsOf(cpuinfo: string): string[] {
  const field = (name: string) => new RegExp(`^${name}\\s*:\\s*(.+)$`, "m").exec(cpuinfo)?.[1]?.trim();
  const [family, model] = [field("cpu family"), field("model")];
  const flags = new Set((field("flags") ?? field("Features") ?? "").split(" "));
  return [
    ...(family && model ? [`family ${family} model ${model}`] : []),
    ...Object.entries(units).flatMap(([flag, name]) => (flags.has(flag) ? [name] : [])),
  ];
}

function cpuinfo(): string {
  try {
    return readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    return "";
  }
}

export function thisMachine(): Machine {
  const details = detailsOf(cpuinfo());
  const name = cpus()[0]?.model.trim() ?? "unknown processor";
  return {
    cpu: details.length > 0 ? `${name} (${details.join(", ")})` : name,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    load: Math.min(...loadavg().slice(0, 2)),
  };
}
