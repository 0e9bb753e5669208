/** Which BLAS is taken, and for which processor: by libraries that only pretend, and by a real one where there is one. */
import { spawnSync } from "node:child_process";
import * as files from "node:fs";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { blasChoice } from "../../src/device/cpu/blas/blas.ts";
import { signatureOf } from "../../src/device/cpu/blas/cblas.ts";
import { betterCore, isWidest, processorFlags } from "../../src/device/cpu/blas/cores.ts";
import { judge } from "../../src/device/cpu/blas/judge.ts";
import type { FoundKoffi, Koffi, Library } from "../../src/device/cpu/blas/koffi.ts";
import { type Blas, openBlas } from "../../src/device/cpu/blas/library.ts";
import { type NativeEnvironment, withVariables } from "../../src/device/cpu/blas/native-environment.ts";
import { librariesIn, usualPlaces } from "../../src/device/cpu/blas/places.ts";
import { describeLibrary } from "../../src/device/cpu/blas/vendors.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));
const avx = "fpu sse sse2 avx";
const avx2 = `${avx} avx2 fma bmi1 bmi2 movbe f16c abm`;
const avx512 = `${avx2} avx512f avx512cd avx512bw avx512dq avx512vl`;

describe("the core that OpenBLAS is told to take the processor for", () => {
  it.each([
    ["Prescott", avx512, "SkylakeX"],
    ["Katmai", `${avx512} avx512_bf16 amx_tile`, "SkylakeX"],
    ["Zen", avx512, "SkylakeX"],
    ["Nehalem", avx2, "Haswell"],
    ["Sandybridge", avx2, "Haswell"],
    ["Prescott", avx, "Sandybridge"],
  ])("is more than %s where the flags say more: %s", (core, flags, better) => {
    expect(betterCore(core, words(flags))).toBe(better);
  });

  it.each([
    ["SkylakeX", avx512],
    ["cooperlake", avx512],
    ["Haswell", avx2],
    ["Zen", avx2],
    ["Piledriver", avx],
    ["Nehalem", "fpu sse sse2"],
    ["a core of the future", avx512],
  ])("is left as it is: %s, %s", (core, flags) => {
    expect(betterCore(core, words(flags))).toBe(null);
  });

  it.each(`${avx512}`.split(" ").slice(4))(
    "needs every instruction of its level: without %s it is a lesser one",
    (flag) => {
      const rest = new Set(avx512.split(" ").filter((other) => other !== flag));
      expect(betterCore("Prescott", rest)).toBe(flag.startsWith("avx512") ? "Haswell" : "Sandybridge");
    },
  );

  it("leaves no doubt with vectors of 512 bits alone", () => {
    expect(["SkylakeX", "COOPERLAKE", "SapphireRapids"].map(isWidest)).toEqual([true, true, true]);
    expect(["Haswell", "Zen", "Prescott", "a core of the future"].map(isWidest)).not.toContain(true);
  });

  it("reads the flags of the first processor, where Linux says them", () => {
    const saying = (text: string) => ({
      openSync: () => 1,
      closeSync: () => {},
      readSync: (_: number, bytes: Uint8Array) => new TextEncoder().encodeInto(text, bytes).written,
    });
    const cpuinfo = `processor\t: 0\nvmx flags\t: no\nflags\t\t: fpu avx \nbugs\t: none\n\nprocessor\t: 1\nflags\t: more\n`;
    expect(processorFlags(saying(cpuinfo))).toEqual(words("fpu avx"));
    expect(processorFlags(saying("Features\t: asimd sve\n"))).toBe(null);
    const openSync = () => {
      throw new Error("no such file");
    };
    expect(processorFlags({ ...saying(""), openSync })).toBe(null);
  });
});

/** What a library that pretends answers to each of its functions. */
type Answers = Readonly<Record<string, (...values: unknown[]) => unknown>>;

function pretending(answers: Answers): Library & { isLoaded: boolean } {
  const func = (name: string) => {
    const answer = answers[name];
    if (answer === undefined) throw new Error(`no ${name}`);
    return answer;
  };
  return {
    func,
    isLoaded: true,
    unload() {
      this.isLoaded = false;
    },
  };
}

const openBlasAnswers = (core: string, config = "OpenBLAS 0.3.21 DYNAMIC_ARCH"): Answers => ({
  cblas_sgemm: () => {},
  openblas_set_num_threads: () => {},
  openblas_get_config: () => config,
  openblas_get_corename: () => core,
  openblas_get_parallel: () => 1,
});

/** OpenBLAS that takes the processor for a Prescott unless it is told one of the cores that it knows. */
function misled(knownCores: readonly string[], variables: Record<string, string> = {}) {
  const loaded: ReturnType<typeof pretending>[] = [];
  const seen: Record<string, string>[] = [];
  const environment: NativeEnvironment = {
    get: (name) => variables[name],
    set(name, value) {
      if (value === undefined) delete variables[name];
      else variables[name] = value;
    },
  };
  const load = (): Library => {
    seen.push({ ...variables });
    const told = variables.OPENBLAS_CORETYPE;
    loaded.push(pretending(openBlasAnswers(told && knownCores.includes(told) ? told : "Prescott")));
    return loaded.at(-1)!;
  };
  const found = { koffi: { load } as unknown as Koffi, koffiPath: "koffi" } as FoundKoffi;
  return {
    open: (flags: ReadonlySet<string> | null) => openBlas(found, "x", environment, flags),
    loaded,
    seen,
    variables,
  };
}

describe("opening OpenBLAS", () => {
  it("loads it again and tells it the core where it has taken the processor for less", () => {
    const { open, loaded, seen, variables } = misled(["SkylakeX"]);
    const { core, ownCore, library } = open(words(avx512));
    expect([core, ownCore]).toEqual(["SkylakeX", "Prescott"]);
    expect(loaded.map(({ isLoaded }) => isLoaded)).toEqual([false, true]);
    expect(library).toBe(loaded[1]);
    expect(seen).toEqual([
      { OPENBLAS_THREAD_TIMEOUT: "20" },
      { OPENBLAS_THREAD_TIMEOUT: "20", OPENBLAS_CORETYPE: "SkylakeX" },
    ]);
    expect(variables).toEqual({});
  });

  it("leaves it to itself where it does not know that core", () => {
    const { open, loaded, seen } = misled(["Haswell"]);
    const { core, ownCore } = open(words(avx512));
    expect([core, ownCore]).toEqual(["Prescott", null]);
    expect(loaded.map(({ isLoaded }) => isLoaded)).toEqual([false, false, true]);
    expect(seen.at(-1)).toEqual({ OPENBLAS_THREAD_TIMEOUT: "20" });
  });

  it("respects what the user has set", () => {
    const own = { OPENBLAS_CORETYPE: "Nehalem", OPENBLAS_THREAD_TIMEOUT: "5" };
    const { open, seen, variables } = misled(["Nehalem", "SkylakeX"], { ...own });
    expect(open(words(avx512))).toMatchObject({ core: "Nehalem", ownCore: null });
    expect(seen).toEqual([own]);
    expect(variables).toEqual(own);
  });

  it("lets it choose where nothing is known of the processor, or it can do no more", () => {
    for (const flags of [null, words("fpu sse sse2")]) {
      const { open, loaded } = misled(["SkylakeX"]);
      expect(open(flags)).toMatchObject({ core: "Prescott", ownCore: null });
      expect(loaded.length).toBe(1);
    }
  });

  it("sets variables for so long as a library is loaded, also where that fails", () => {
    const { variables } = misled([]);
    const environment: NativeEnvironment = {
      get: (name) => variables[name],
      set: (name, value) => void (value === undefined ? delete variables[name] : (variables[name] = value)),
    };
    const failing = () => {
      expect(variables).toEqual({ a: "1" });
      throw new Error("not there");
    };
    expect(() => withVariables(environment, { a: "1" }, failing)).toThrow("not there");
    expect(variables).toEqual({});
  });
});

describe("names and integers of a library", () => {
  const withAffixes = (prefix: string, suffix: string, config: string): Answers =>
    Object.fromEntries(
      Object.entries(openBlasAnswers("Zen", config)).map(([name, answer]) => [
        `${prefix}${name}${suffix}`,
        answer,
      ]),
    );

  it.each([
    ["", "", "OpenBLAS 0.3.21", "int"],
    ["scipy_", "", "OpenBLAS 0.3.34", "int"],
    ["scipy_", "64_", "OpenBLAS 0.3.31 USE64BITINT", "int64_t"],
    ["", "64_", "OpenBLAS 0.3.20 USE64BITINT", "int64_t"],
    ["", "", "OpenBLAS 0.3.21 USE64BITINT", "int64_t"],
  ])("are found: %scblas_sgemm%s of %s takes %s", (prefix, suffix, config, integer) => {
    const described = describeLibrary(pretending(withAffixes(prefix, suffix, config)), "x");
    expect(described).toEqual({
      ...{ name: "OpenBLAS", version: config, core: "Zen", prefix, suffix, integer },
      ...{ setThreads: `${prefix}openblas_set_num_threads${suffix}`, threadsByCaller: false },
    });
    const { name, parameters } = signatureOf(described as Blas, "gemm", "double", "void *");
    expect(name).toBe(`${prefix}cblas_dgemm${suffix}`);
    // Order and ways are enumerations, whatever the integers are.
    const array = ["void *", integer];
    const sizes = [integer, integer, integer];
    expect(parameters).toEqual([
      "int",
      "int",
      "int",
      ...sizes,
      "double",
      ...array,
      ...array,
      "double",
      ...array,
    ]);
  });

  it("may be none that are known here", () => {
    expect(describeLibrary(pretending({ cblas_sgemm: () => {} }), "x")).toMatchObject({
      name: "CBLAS",
      core: null,
    });
    expect(() => describeLibrary(pretending({}), "x")).toThrow("x has no cblas_sgemm");
  });
});

describe("judging a library", () => {
  const judged = (core: string | null, gemm: () => unknown, more: Partial<Blas> = {}) => {
    const library = pretending({ cblas_sgemm: gemm, cblas_sgemv: () => {} });
    const names = { prefix: "", suffix: "", integer: "int" as const };
    return judge({ library, core, ownCore: null, ...names, ...more } as Blas, false);
  };
  const slow = () => {
    const end = performance.now() + 1;
    while (performance.now() < end);
  };

  it("measures it where its core leaves doubt, and leaves it out where the own kernels are quicker", () => {
    for (const core of ["Haswell", "Prescott", null]) {
      // A millisecond for 128 x 128 x 128 are 4 GFLOPS.
      const { isGood, reason, speeds } = judged(core, slow);
      expect(isGood).toBe(false);
      expect(speeds!.blas).toBeLessThan(4.2);
      expect(speeds!.own).toBeGreaterThan(speeds!.blas);
      expect(reason).toMatch(/\d GFLOPS on one thread where the own kernels have \d/);
      expect(judged(core, () => {}).isGood).toBe(true);
    }
  });

  it("takes it unmeasured where its kernels are for vectors of 512 bits, and says why", () => {
    const measuring = vi.fn();
    expect(judged("SkylakeX", measuring)).toEqual({
      ...{ isGood: true, reason: "it uses its kernels for SkylakeX", speeds: null },
    });
    expect(judged("SkylakeX", measuring, { ownCore: "Prescott" }).reason).toBe(
      "told to use its kernels for SkylakeX, as it took the processor for Prescott",
    );
    expect(measuring).not.toHaveBeenCalled();
  });
});

describe("places", () => {
  const root = mkdtempSync(join(tmpdir(), "xorch-blas-"));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const make = (...paths: string[]) => {
    for (const path of paths) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), "");
    }
  };
  const site = "lib/python3.12/site-packages";
  make(
    ...["lib/libmkl_rt.so.3", "lib/libmkl_core.so.3", "lib/libz.so", `${site}/mkl/libopenblas.so`],
    ...[`${site}/numpy.libs/libscipy_openblas64_-1.so`, `${site}/numpy.libs/libgfortran-1.so.5`],
    ...[
      `${site}/scipy_openblas32/lib/libscipy_openblas.so`,
      "other/libopenblasp-r0.3.30.so",
      "other/mkl_rt.2.dll",
    ],
  );
  symlinkSync("libopenblasp-r0.3.30.so", join(root, "other/libopenblas.so.0"));
  symlinkSync("nothing", join(root, "other/libblis.so.4"));
  const inRoot = (folder: string) =>
    [...librariesIn(join(root, folder), files)].map((path) => path.slice(root.length + 1));

  it("of a folder are the libraries in it, each once, the MKL first", () => {
    expect(inRoot("other")).toEqual(["other/mkl_rt.2.dll", "other/libopenblas.so.0"]);
  });

  it("of a Python environment, or a part of it, are those of its packages", () => {
    const numpy = `${site}/numpy.libs/libscipy_openblas64_-1.so`;
    const own = `${site}/scipy_openblas32/lib/libscipy_openblas.so`;
    expect(inRoot("")).toEqual(["lib/libmkl_rt.so.3", numpy, own].map((path) => path));
    expect(inRoot(site)).toEqual([numpy, own]);
    expect(inRoot(`${site}/numpy.libs`)).toEqual([numpy]);
    expect(inRoot("nowhere")).toEqual([]);
  });

  it("that are usual are the system's, then those of active environments", () => {
    const all = [
      ...usualPlaces(
        { platform: "linux", env: { VIRTUAL_ENV: root, CONDA_PREFIX: join(root, "other") } },
        files,
      ),
    ];
    const system = [...usualPlaces({ platform: "linux", env: {} }, files)];
    expect(system).toContain("libopenblas.so.0");
    expect(all.slice(0, system.length)).toEqual(system);
    expect(all.slice(system.length)).toEqual(
      [...inRoot(""), ...inRoot("other")].map((path) => join(root, path)),
    );
    expect([...usualPlaces({ platform: "aix", env: {} }, files)]).toEqual([]);
  });
});

const { blas, reason } = blasChoice();
const flags = processorFlags(files);
const why =
  blas?.name !== "OpenBLAS"
    ? reason
    : flags === null || betterCore("Prescott", flags) === null || process.env.OPENBLAS_CORETYPE
      ? "nothing better than the least is known of this processor"
      : null;

describe.skipIf(why !== null)(`a real OpenBLAS${why === null ? "" : ` (skipped: ${why})`}`, () => {
  afterEach(() => vi.unstubAllEnvs());

  const answerOf = (script: string): unknown => {
    const args = ["--import", "tsx", "--input-type=module", "--eval", script];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(stderr).toBe("");
    return JSON.parse(stdout);
  };

  it("that takes the processor for a Prescott is told better, and multiplies", () => {
    // Loaded as by one that does not know the processor: with that core, unless told.
    const answer = answerOf(`
      const { loadKoffi } = await import("./src/device/cpu/blas/koffi.ts");
      const { openBlas } = await import("./src/device/cpu/blas/library.ts");
      const { bindFunctions } = await import("./src/device/cpu/blas/cblas.ts");
      const { nativeEnvironment, withVariables } = await import("./src/device/cpu/blas/native-environment.ts");
      const found = loadKoffi(process.cwd());
      const environment = nativeEnvironment(found.koffi, process.env);
      const misled = { OPENBLAS_CORETYPE: "Prescott" };
      const load = (path) => withVariables(environment, misled, () => found.koffi.load(path));
      const koffi = { ...found.koffi, load };
      const blas = openBlas({ ...found, koffi }, ${JSON.stringify(blas?.path)}, environment, new Set(${JSON.stringify([...(flags ?? [])])}));
      const n = 200;
      const [a, b, c] = [1, 2, 0].map((value) => new Float32Array(n * n).fill(value));
      bindFunctions(blas, "float").gemm(101, 111, 111, n, n, n, 1, a, n, b, n, 0, c, n);
      console.log(JSON.stringify([blas.ownCore, blas.core, c.every((value) => value === 2 * n)]));
    `);
    const [ownCore, core, isRight] = answer as [string, string, boolean];
    // Some versions mix up the names of old ones.
    expect(["Prescott", "Katmai"]).toContain(ownCore);
    expect([core, isRight]).toEqual([betterCore("Prescott", flags!), true]);
  });

  it("uses the core that the user has set, if it is worth while", () => {
    vi.stubEnv("OPENBLAS_CORETYPE", "Nehalem");
    vi.stubEnv("XORCH_BLAS", blas!.path);
    const answer = answerOf(`
      const torch = await import("./src/index.ts");
      const { available, core, reason, measured, leftOut } = torch.backends.blas;
      console.log(JSON.stringify({ available, core, reason, measured, leftOut }));
    `);
    const { available, core, reason, measured } = answer as typeof import("../../src/index.ts").backends.blas;
    expect(reason).toMatch(/OPENBLAS_CORETYPE is Nehalem; \d+ GFLOPS on one thread/);
    expect(core).toBe(available ? "Nehalem" : null);
    expect(measured === null).toBe(!available);
  });

  it("is told of variables also in a worker, whose process.env nobody else sees", async () => {
    const script = `
      import("tsx/esm/api").then(async ({ register }) => {
        register();
        const { loadKoffi } = await import("${process.cwd()}/src/device/cpu/blas/koffi.ts");
        const { nativeEnvironment } = await import("${process.cwd()}/src/device/cpu/blas/native-environment.ts");
        const { koffi } = loadKoffi("${process.cwd()}");
        const environment = nativeEnvironment(koffi, process.env);
        const get = koffi.load(null).func("getenv", "str", ["str"]);
        environment.set("XORCH_TEST", "told");
        const told = get("XORCH_TEST");
        environment.set("XORCH_TEST", undefined);
        require("node:worker_threads").parentPort.postMessage([told, get("XORCH_TEST")]);
      });`;
    const worker = new Worker(script, { eval: true, execArgv: [] });
    const told = await new Promise((resolve, reject) => worker.on("message", resolve).on("error", reject));
    await worker.terminate();
    expect(told).toEqual(["told", null]);
  });
});
