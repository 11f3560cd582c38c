import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the server answers: a body, or a function that does as it likes with the connection. */
export type Reply = string | ((request: IncomingMessage, response: ServerResponse) => void);

/** A real HTTP server on this machine. Each path answers its replies in order, the last of them for ever. */
export async function serve(routes: Readonly<Record<string, Reply | readonly Reply[]>>) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url!;
    const known = Object.keys(routes).find((route) => url === route || url.startsWith(`${route}?`));
    const before = requests.filter((path) => path.split("?")[0] === url.split("?")[0]).length;
    requests.push(url);
    if (known === undefined) {
      response.writeHead(404).end("none");
      return;
    }
    const replies = [routes[known]!].flat() as Reply[];
    const reply = replies[Math.min(before, replies.length - 1)]!;
    if (typeof reply === "string") response.end(reply);
    else reply(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { url, requests, close };
}

export function status(code: number, headers: Record<string, string> = {}): Reply {
  return (_, response) => response.writeHead(code, headers).end(`status ${code}`);
}

/** Promises more bytes than it sends, then hangs up. */
export const truncated: Reply = (_, response) => {
  response.writeHead(200, { "content-length": "1000" });
  response.write("DATE,OPEN,HIGH,LOW,CLOSE\n01/02/2024,13.2", () => response.destroy());
};

/** Never answers. */
export const silence: Reply = () => {};

export const WEB_PAGE = "<!DOCTYPE html><html><title>Just a moment...</title></html>";
