/** Serves dist/ and the test page under a content security policy that forbids eval and everything from elsewhere. */
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** Compiling WebAssembly is allowed, compiling strings to JavaScript is not. */
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'";

const roots: Record<string, URL> = {
  dist: new URL("../../dist/", import.meta.url),
  page: new URL("./page/", import.meta.url),
};

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

export async function serve(): Promise<{ server: Server; address: string }> {
  const server = createServer(async ({ url }, response) => {
    const [, folder, ...rest] = new URL(url!, "http://localhost").pathname.split("/");
    const root = roots[folder!];
    const content = root && (await readFile(fileURLToPath(new URL(rest.join("/"), root))).catch(() => null));
    if (!content) {
      response.writeHead(404, { "content-security-policy": policy }).end();
      return;
    }
    const type = types[extname(rest.at(-1)!)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "content-security-policy": policy }).end(content);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
