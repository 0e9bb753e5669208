/** Serves dist/ and the test pages under a content security policy that forbids eval and everything from elsewhere. */
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** Compiling WebAssembly is allowed, compiling strings to JavaScript is not. */
export const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'";

const roots: Record<string, URL> = {
  dist: new URL("../../dist/", import.meta.url),
  page: new URL("./page/", import.meta.url),
};

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

export interface Served {
  /** Scripts beside the files, by path. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** Headers of every answer, beside or instead of the policy. */
  readonly headers?: Readonly<Record<string, string>>;
}

export async function serve({ scripts = {}, headers = {} }: Served = {}): Promise<{
  server: Server;
  address: string;
}> {
  const sent = { "content-security-policy": policy, ...headers };
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url!, "http://localhost");
    const [, folder, ...rest] = pathname.split("/");
    const root = roots[folder!];
    const content =
      scripts[pathname] ??
      (root && (await readFile(fileURLToPath(new URL(rest.join("/"), root))).catch(() => null)));
    if (!content) {
      response.writeHead(404, sent).end();
      return;
    }
    const type = types[extname(pathname)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, ...sent }).end(content);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
