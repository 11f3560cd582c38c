import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { key, toDay, uniforms } from "#core";
import { importSource, openLake, openSnapshot, type Lake } from "#market";
import { expect } from "vitest";
import folder from "../../catalog/sources/folder.ts";
import { context, SESSIONS } from "./small-world.ts";

const CHILD = fileURLToPath(new URL("import-child.ts", import.meta.url));
const NAMES = "spy qqq iwm efa eem gld tlt bil".split(" ");

/** A process that is ready to import into a lake; `before` is put in front of its command, e.g. to limit it. */
export async function prepareImport(dir: string, before = ""): Promise<ChildProcess> {
  const command = `${before} exec "$0" --conditions=source --import tsx "$@"`;
  const child = spawn("bash", ["-c", command, process.execPath, CHILD, dir], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await saying(child, "ready");
  return child;
}

/** Lets a prepared process import a folder. */
export function beginImport(child: ChildProcess, path: string): void {
  child.stdin!.write(`${path}\n`);
}

/** Resolves when the process has said a line that begins with `word`, or has ended; gives what it said. */
export function saying(child: ChildProcess, word: string): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    child.stdout!.on("data", (piece: Buffer) => {
      said += piece.toString();
      if (said.split("\n").some((line) => line.startsWith(word))) resolve(said);
    });
    child.on("close", () => resolve(said));
  });
}

/** A folder of eight funds; another `state` has other prices and one more day. */
export function writeFolder(path: string, state: number): string {
  mkdirSync(path, { recursive: true });
  for (const name of NAMES) {
    const draws = uniforms(key(state).fold(name), SESSIONS.length);
    const days = SESSIONS.subarray(0, SESSIONS.length - 20 + state);
    const lines = [...days].map((day, i) => {
      const price = (100 + draws[i]!).toFixed(4);
      return `${toDay(day)},${price},${price},${price},${price},${price},${1000 + i}`;
    });
    const header = "date,open,high,low,close,adj_close,volume";
    writeFileSync(join(path, `${name}.csv`), `${[header, ...lines].join("\n")}\n`);
  }
  return path;
}

/** Every table of the current snapshot can be read, and its id. */
export async function readWhole(lake: Lake): Promise<string> {
  const snapshot = await openSnapshot(lake);
  for (const name of snapshot.series) await snapshot.table(name);
  return snapshot.id;
}

/**
 * Kills `times` imports, each at another moment of its course, and checks after each that the lake holds the state
 * before or the state after, whole, and that the next import works. Gives how many came to an end before the kill.
 */
export async function killImports(dir: string, times: number): Promise<{ finished: number }> {
  const lake = openLake(join(dir, "lake"));
  const folders = [1, 2, 3].map((state) => writeFolder(join(dir, `state-${state}`), state));
  const take = (path: string) => importSource(lake, folder, context({ path }));
  let { snapshot: before } = await take(folders[0]!);

  const whole = await prepareImport(join(dir, "trial"));
  const start = performance.now();
  beginImport(whole, folders[0]!);
  await saying(whole, "done");
  // Follows the length of an import on this machine: about half of the kills come before its end.
  let span = 2 * (performance.now() - start);

  let finished = 0;
  let next = prepareImport(lake.dir);
  const moments = uniforms(key(11), times);
  for (let k = 0; k < times; k++) {
    const child = await next;
    if (k < times - 1) next = prepareImport(lake.dir);
    const path = folders[(k + 1) % folders.length]!;
    const ended = saying(child, "\0");
    beginImport(child, path);
    await sleep(moments[k]! * span);
    child.kill("SIGKILL");
    const said = await ended;
    const after = await readWhole(lake);
    const { snapshot } = await take(path);
    expect([before, snapshot]).toContain(after);
    if (said.includes("done")) expect(after).toBe(snapshot);
    if (after === snapshot) finished++;
    span *= after === snapshot ? 0.85 : 1.15;
    expect(await readWhole(lake)).toBe(snapshot);
    expect(readdirSync(join(lake.dir, "tmp"))).toEqual([]);
    before = snapshot;
  }
  return { finished };
}
