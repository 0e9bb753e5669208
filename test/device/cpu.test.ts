import { describe } from "vitest";
import { cpu } from "../../src/device/cpu/cpu.ts";
import { reference } from "../../src/device/reference/reference.ts";
import { deviceContract } from "./contract.ts";

for (const device of [cpu, reference]) {
  describe(`device ${device.type}`, () => deviceContract(device));
}
