/** Dropout: PyTorch's masks, and the places where nothing is dropped. Other layers and fills of the same reference file. */

import { describe, expect, it } from "vitest";
import * as torch from "xorch";
import { readRecorded } from "../fixture.ts";

const { nn } = torch;

/** By seed, what PyTorch gives right after `manual_seed`. */
const streams = readRecorded<Record<string, Record<string, unknown>>>("random/streams.json");

describe("the reference streams through nn, bit for bit", () => {
  it.each(Object.keys(streams))("seed %s", (seed) => {
    const recorded = streams[seed]!;
    const seeded = (make: () => torch.Tensor): unknown => {
      torch.manualSeed(BigInt(seed));
      return make().tolist();
    };
    torch.manualSeed(BigInt(seed));
    const layer = new nn.Linear(3, 4);
    expect({ weight: layer.weight.tolist(), bias: layer.bias!.tolist() }).toEqual(recorded.linear_3_4);
    expect(seeded(() => new nn.Dropout(0.5).forward(torch.ones([12])))).toEqual(
      recorded["dropout_0.5_ones_12"],
    );
    expect(seeded(() => nn.functional.dropout(torch.ones([12])))).toEqual(recorded["dropout_0.5_ones_12"]);
    expect(seeded(() => nn.init.xavierUniform_(torch.empty([5, 4])))).toEqual(recorded.xavier_uniform_5_4);
    expect(seeded(() => nn.init.xavierNormal_(torch.empty([5, 4])))).toEqual(recorded.xavier_normal_5_4);
    expect(seeded(() => nn.init.kaimingNormal_(torch.empty([5, 4])))).toEqual(recorded.kaiming_normal_5_4);
  });
});

describe("dropout", () => {
  const x = torch.arange(1, 9, { dtype: torch.float64 });

  it("keeps the mean: what stays is divided by 1 - p, and so is its gradient", () => {
    torch.manualSeed(4);
    const input = x.clone().requiresGrad_();
    const y = nn.functional.dropout(input, 0.2);
    y.sum().backward();
    const mask = y.detach().ne(0);
    expect(mask.all().item()).toBe(0);
    expect(
      y
        .sub(x.div(0.8).mul(mask.to(torch.float64)))
        .abs()
        .max()
        .item(),
    ).toBeLessThan(1e-15);
    expect(input.grad!.tolist()).toEqual((mask.tolist() as boolean[]).map((kept) => (kept ? 1.25 : 0)));
  });

  it("does nothing in evaluation, without a draw", () => {
    torch.manualSeed(4);
    const layer = new nn.Dropout({ p: 0.9 }).eval();
    expect(layer.forward(x)).toBe(x);
    expect(nn.functional.dropout(x, 0)).toBe(x);
    const next = torch.rand([1]).item();
    torch.manualSeed(4);
    expect(torch.rand([1]).item()).toBe(next);
  });

  it("overwrites its input where asked to", () => {
    const input = torch.ones([64]);
    expect(new nn.Dropout(0.5, { inplace: true }).forward(input)).toBe(input);
    expect(input.eq(0).any().item()).toBe(1);
    expect(new nn.ReLU({ inplace: true }).forward(input.neg_())).toBe(input);
    expect(input.eq(0).all().item()).toBe(1);
    const scaled = torch.full([2], -1);
    expect(new nn.LeakyReLU({ negativeSlope: 0.5, inplace: true }).forward(scaled)).toBe(scaled);
    expect(scaled.tolist()).toEqual([-0.5, -0.5]);
  });

  it("takes a generator of its own", () => {
    const draw = () => nn.functional.dropout(x, 0.5, { generator: new torch.Generator(1) }).tolist();
    expect(draw()).toEqual(draw());
  });
});
