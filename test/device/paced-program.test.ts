/** The choice between one thread and several, with a clock and a program that take the time they are told to. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PacedProgram } from "../../src/device/cpu/threads/paced-program.ts";

let now = 0;

beforeEach(() => {
  now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});

afterEach(() => vi.restoreAllMocks());

/** A program whose runs on one thread and on several take so many ms. */
class Timed {
  threadsTaken = 1;
  several = 0;

  constructor(
    public one: number,
    public many: number,
    /** How many threads there are to be had. */
    public available = 8,
  ) {}

  run(threads: number): number {
    this.threadsTaken = Math.min(threads, this.available);
    if (this.threadsTaken > 1) this.several++;
    now += this.threadsTaken > 1 ? this.many : this.one;
    return threads;
  }
}

/** Runs on 4 threads or one; gives how many runs had several. */
function runs(paced: PacedProgram, program: Timed, count: number): number {
  program.several = 0;
  for (let i = 0; i < count; i++) paced.run(4);
  return program.several;
}

it("takes several threads where they are faster, and tries one now and then", () => {
  const program = new Timed(2, 1);
  const several = runs(new PacedProgram(program), program, 1000);
  expect(several).toBeGreaterThan(980);
  expect(several).toBeLessThan(999);
});

it("takes one thread where that is faster, and tries several now and then", () => {
  const program = new Timed(1, 2);
  const several = runs(new PacedProgram(program), program, 1000);
  expect(several).toBeLessThan(20);
  expect(several).toBeGreaterThan(2);
});

it("loses little by trying, however slow the other way is", () => {
  const program = new Timed(100, 1);
  const paced = new PacedProgram(program);
  runs(paced, program, 100_000);
  expect(now).toBeLessThan(1.02 * 100_000);
});

it("changes its choice soon when the machine changes", () => {
  const program = new Timed(2, 1);
  const paced = new PacedProgram(program);
  runs(paced, program, 100);
  program.many = 50;
  expect(runs(paced, program, 100)).toBeLessThan(8);
  program.many = 1;
  runs(paced, program, 2600);
  expect(runs(paced, program, 100)).toBeGreaterThan(97);
});

it("comes back soon to several threads that were slow for a moment", () => {
  const program = new Timed(2, 1);
  const paced = new PacedProgram(program);
  runs(paced, program, 100);
  program.many = 50;
  runs(paced, program, 5);
  program.many = 1;
  runs(paced, program, 30);
  expect(runs(paced, program, 100)).toBeGreaterThan(95);
});

it("does not change it for one run that was interrupted", () => {
  const program = new Timed(2, 1);
  const paced = new PacedProgram(program);
  runs(paced, program, 50);
  program.many = 1000;
  runs(paced, program, 1);
  program.many = 1;
  expect(runs(paced, program, 50)).toBeGreaterThan(48);
});

it("takes several threads once there are any", () => {
  const program = new Timed(2, 1, 1);
  const paced = new PacedProgram(program);
  expect(runs(paced, program, 50)).toBe(0);
  program.available = 8;
  expect(runs(paced, program, 50)).toBeGreaterThan(48);
});

it("gives the program's result", () => {
  const paced = new PacedProgram(new Timed(2, 1));
  expect([paced.run(4), paced.run(4)]).toEqual([1, 4]);
});

it("does not judge by the run in which the threads prepare themselves", () => {
  const program = new Timed(2, 50);
  const paced = new PacedProgram(program);
  expect(runs(paced, program, 2)).toBe(1);
  program.many = 1;
  expect(runs(paced, program, 100)).toBeGreaterThan(95);
});

it("does not judge several threads by one slow run", () => {
  const program = new Timed(2, 1);
  const paced = new PacedProgram(program);
  runs(paced, program, 2);
  program.many = 50;
  runs(paced, program, 1);
  program.many = 1;
  expect(runs(paced, program, 100)).toBeGreaterThan(95);
});

it("gives several threads some ms to find a processor each", () => {
  const program = new Timed(0.1, 0.2);
  const paced = new PacedProgram(program);
  runs(paced, program, 20);
  program.many = 0.05;
  expect(runs(paced, program, 100)).toBeGreaterThan(95);
});

it("loses little by trying short runs for some ms", () => {
  const program = new Timed(0.01, 0.1);
  const paced = new PacedProgram(program);
  runs(paced, program, 500_000);
  expect(now).toBeLessThan(1.03 * 500_000 * 0.01);
});
