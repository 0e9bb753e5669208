/**
 * The processors that OpenBLAS has kernels for, and which of them this one can be taken for: the library asks the
 * processor for its model, and takes one that it does not know, newer than itself or in a virtual machine, for the least.
 * Source: https://github.com/OpenMathLib/OpenBLAS/blob/develop/driver/others/dynamic.c
 */

const AVX = ["avx"];
const AVX2 = [...AVX, "avx2", "fma", "bmi1", "bmi2", "movbe", "f16c", "abm"];
const AVX512 = [...AVX2, "avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"];

/** Those with vectors of 256 bits, with multiplications and additions in one besides, and with vectors of 512 bits. */
const levels: readonly { readonly cores: readonly string[]; readonly flags: readonly string[] }[] = [
  {
    cores: [
      ...["Katmai", "Coppermine", "Northwood", "Prescott", "Banias", "Atom", "Core2", "Penryn", "Dunnington"],
      ...["Nehalem", "Athlon", "Opteron", "Opteron_SSE3", "Barcelona", "Nano", "Bobcat"],
    ],
    flags: [],
  },
  { cores: ["Sandybridge", "Bulldozer", "Piledriver", "Steamroller"], flags: AVX },
  { cores: ["Haswell", "Excavator", "Zen"], flags: AVX2 },
  { cores: ["SkylakeX", "Cooperlake", "SapphireRapids"], flags: AVX512 },
];

function levelOf(core: string): number {
  return levels.findIndex(({ cores }) => cores.some((name) => name.toLowerCase() === core.toLowerCase()));
}

/** The highest level whose instructions all stand among the processor's flags. */
function highestLevel(flags: ReadonlySet<string>): number {
  return levels.findLastIndex((level) => level.flags.every((flag) => flags.has(flag)));
}

/** Whether kernels for this core use vectors as wide as the processor has, with 512 bits. */
export function isWidest(core: string): boolean {
  return levelOf(core) === levels.length - 1;
}

/**
 * The core that OpenBLAS can be told to use on a processor with these flags, the first and least demanding of its level;
 * null where the one that it has chosen is as good, or none of those known here.
 */
export function betterCore(core: string, flags: ReadonlySet<string>): string | null {
  const level = levelOf(core);
  const highest = highestLevel(flags);
  return level === -1 || level >= highest ? null : levels[highest]!.cores[0]!;
}

interface FileSystem {
  openSync(path: string, flags: "r"): number;
  readSync(file: number, buffer: Uint8Array): number;
  closeSync(file: number): void;
}

/** Enough for what is said of the first processor. */
const FIRST_BYTES = 16 * 1024;

/** What the processor can do and the system lets it, by Linux's names, for Intel's and AMD's; null elsewhere. */
export function processorFlags(files: FileSystem): ReadonlySet<string> | null {
  try {
    const file = files.openSync("/proc/cpuinfo", "r");
    const text = new Uint8Array(FIRST_BYTES);
    const length = files.readSync(file, text);
    files.closeSync(file);
    const line = /^flags\s*:(.*)$/m.exec(new TextDecoder().decode(text.subarray(0, length)));
    return line && new Set(line[1]!.trim().split(/\s+/));
  } catch {
    return null;
  }
}
