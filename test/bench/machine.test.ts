import { describe, expect, it } from "vitest";
import { detailsOf, disturbance } from "../../bench/machine.ts";

describe("detailsOf", () => {
  it("says of a processor what its name leaves open", () => {
    const cpuinfo = `processor	: 0
vendor_id	: GenuineIntel
cpu family	: 6
model		: 143
model name	: Intel(R) Xeon(R) Processor
flags		: fpu sse2 avx2 avx512f avx512_vnni amx_tile amx_int8

processor	: 1
model		: 200
flags		: fpu
`;
    expect(detailsOf(cpuinfo)).toEqual(["family 6 model 143", "AVX2", "AVX-512", "AMX"]);
    expect(detailsOf("processor : 0\nFeatures : fp asimd evtstrm\nCPU part : 0xd0c\n")).toEqual(["NEON"]);
  });

  it("says nothing where the system says nothing", () => {
    expect(detailsOf("")).toEqual([]);
  });
});

describe("disturbance", () => {
  it("warns where others wanted the cores too", () => {
    expect(disturbance({ cores: 2, load: 0.5 })).toBeNull();
    expect(disturbance({ cores: 2, load: 5.96 })).toContain("a load of 6.0 on 2 cores");
    expect(disturbance({ cores: 64, load: 6 })).toBeNull();
  });
});
