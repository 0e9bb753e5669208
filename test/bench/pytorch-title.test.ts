import { describe, expect, it } from "vitest";
import { pytorchTitle } from "../../bench/pytorch-title.ts";

/** Lines of what `torch.__config__.show()` prints, of the build for Linux that PyPI has. */
const mkl = `PyTorch built with:
  - GCC 13.3
  - C++ Version: 202002
  - Intel(R) oneAPI Math Kernel Library Version 2024.2-Product Build 20240605 for Intel(R) 64 architecture applications
  - Intel(R) MKL-DNN v3.13.3 (Git Hash b38f97eb6f2173513112f15a0481750b8a66e901)
  - CPU capability usage: AVX512
  - Build settings: BLAS_INFO=mkl, BUILD_TYPE=Release, LAPACK_INFO=mkl, TORCH_VERSION=2.15.0, USE_MKL=ON, 
`;
const settings = (blas: string) => `PyTorch built with:
  - LAPACK is enabled (usually provided by MKL)
  - CPU capability usage: NO AVX
  - Build settings: BLAS_INFO=${blas}, BUILD_TYPE=Release, USE_MKL=OFF, 
`;
const report = { version: "2.15.0", config: mkl, openblas: null, compiler: null };

describe("pytorchTitle", () => {
  it("names MKL by its own words, also where another library's OpenBLAS is loaded beside it", () => {
    const title = "PyTorch 2.15.0, Intel(R) oneAPI Math Kernel Library Version 2024.2, AVX512";
    expect(pytorchTitle(report)).toBe(title);
    expect(pytorchTitle({ ...report, openblas: "OpenBLAS 0.3.31" })).toBe(title);
  });

  it("names an OpenBLAS by what it says, or by what the build says", () => {
    const open = { ...report, config: settings("open") };
    const said = "OpenBLAS 0.3.30 DYNAMIC_ARCH NO_AFFINITY neoversen1 MAX_THREADS=64";
    expect(pytorchTitle({ ...open, openblas: said })).toContain(`PyTorch 2.15.0, ${said}, `);
    expect(pytorchTitle(open)).toContain("PyTorch 2.15.0, OpenBLAS, ");
  });

  it("takes the build's word for the others", () => {
    expect(pytorchTitle({ ...report, config: settings("accelerate") })).toContain(", Accelerate, ");
    expect(pytorchTitle({ ...report, config: settings("blis") })).toContain(", blis, ");
    expect(pytorchTitle({ ...report, config: "" })).toBe("PyTorch 2.15.0, unknown BLAS");
  });

  it("names the compiler where there is one", () => {
    const compiled = { ...report, compiler: "g++ (Debian 12.2.0-14) 12.2.0" };
    expect(pytorchTitle(compiled)).toBe(
      `${pytorchTitle(report)}, torch.compile by g++ (Debian 12.2.0-14) 12.2.0`,
    );
  });
});
