/** What an editor shows: every public name of the published declarations has a doc comment. */
import { describe, expect, it } from "vitest";
import { publicNamespaces } from "../../scripts/docs/public-names.ts";
import * as torch from "../../src/index.ts";

const namespaces = publicNamespaces();

describe("the published declarations", () => {
  it("name every namespace and everything that there is in it", () => {
    const paths = namespaces.map(({ path }) => path);
    const inner = ["autograd", "nn", "nn.functional", "nn.init", "nn.utils", "optim", "backends"];
    expect(paths).toEqual(expect.arrayContaining(["torch", ...inner.map((path) => `torch.${path}`)]));
    const [{ names } = { names: [] }] = namespaces;
    const values = names.filter(({ kind }) => kind !== "type").map(({ name }) => name);
    const namespaced = ["autograd", "backends", "nn", "optim"];
    expect([...values, ...namespaced].sort()).toEqual(expect.arrayContaining(Object.keys(torch).sort()));
  });

  it("have every method of Tensor", () => {
    const tensor = namespaces[0]!.names.find(({ name }) => name === "Tensor")!;
    const names = tensor.members.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const methods = Object.getOwnPropertyNames(torch.Tensor.prototype).filter(
      (name) => name !== "constructor",
    );
    expect(methods.length).toBeGreaterThan(200);
    expect(names).toEqual(expect.arrayContaining(methods));
  });

  it("have a doc comment for every public name and every public member of a class", () => {
    const missing = namespaces.flatMap(({ path, names }) =>
      names.flatMap(({ name, comment, members }) => [
        ...(comment ? [] : [`${path}.${name}`]),
        ...members.filter((member) => !member.comment).map((member) => `${path}.${name}: ${member.name}`),
      ]),
    );
    expect(missing).toEqual([]);
  });
});
